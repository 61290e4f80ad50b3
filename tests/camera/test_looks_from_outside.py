"""An administrator who looks at a camera that nobody has opened to them leaves a line in the audit."""

import pytest
from django.core.cache import cache

from camera.services import grants
from digi.audit.models import AuditEvent
from tests.chat.sockets import aside, eventually

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(person):
    cache.clear()
    return person("root", is_superuser=True)


def looks() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(action="camera.viewed").values_list("actor__username", "target"))


@pytest.mark.parametrize("address", ["/camera/default/", "/camera/default/thumbnail.jpg", "/api/v1/cameras/default/"])
def test_look_from_outside_is_audited_once_an_hour(client_for, camera, root, address):
    client = client_for(root)

    client.get(address)
    client.get(address)

    assert [actor for actor, _target in looks()] == ["root"]


def test_look_of_somebody_to_whom_it_is_open_is_nobodys_business(client_for, camera, root, frank, carol):
    grants.give(camera=camera, by=None, user=root, role="viewer")

    for user in (root, frank, carol):
        client_for(user).get("/camera/default/")

    assert looks() == []


@pytest.mark.django_db(transaction=True)
async def test_look_by_a_socket_is_audited(sockets, camera, root, carol):
    await sockets.watch(carol)
    await sockets.watch(root)

    found = await eventually(lambda: aside(looks))

    assert [actor for actor, _target in found] == ["root"]
