"""Who may open which page of a camera, and press which of its buttons: outsiders learn nothing, not even its name."""

import pytest

from camera.models import Camera
from camera.services import cameras, grants, recordings, settings, tokens
from tests.factories import AffiliationFactory, DepartmentFactory

pytestmark = pytest.mark.django_db

LOOKING = ("", "history/", "recordings/", "thumbnail.jpg", "picture.jpg", "picture.png")
OPERATING = {
    "": {"revision": "1", "contrast": "1.5"},
    "act/": {"act": "reset"},
    "recordings/record/": {"act": "start"},
    "history/1/undo/": {},
}
RUNNING = {"rename/": {"name": "Mine"}, "retire/": {}, "token/": {}, "people/": {"username": "erin", "role": "admin"}}


@pytest.fixture
def former(person, camera):
    """Somebody who operated the camera until just now."""
    user = person("grace")
    grant = grants.give(camera=camera, by=None, user=user, role="operator")
    grants.withdraw(grant=grant, by=None)
    return user


@pytest.fixture
def neighbour(person):
    """The coordinator of another department."""
    user = person("heidi")
    AffiliationFactory(user=user, department=DepartmentFactory(), role="coordinator")
    return user


def _untouched(camera: Camera) -> bool:
    fresh = Camera.objects.get(pk=camera.pk)
    return (fresh.revision, fresh.name, fresh.retired_at) == (camera.revision, camera.name, None)


@pytest.mark.parametrize("who", ["erin", "former", "neighbour"])
def test_outsiders_find_nothing_and_change_nothing(request, client_for, camera, who):
    client = client_for(request.getfixturevalue(who))
    settings.change(camera=camera, by=None, patch={"contrast": 1.1})
    held = camera.grants.count()

    looked = {path: client.get(f"/camera/default/{path}").status_code for path in (*LOOKING, *RUNNING, "presets/")}
    pressed = {
        path: client.post(f"/camera/default/{path}", sent).status_code for path, sent in (OPERATING | RUNNING).items()
    }

    assert set(looked.values()) - {405} == {404}
    assert set(pressed.values()) == {404}
    assert (_untouched(camera), camera.grants.count()) == (True, held)
    assert "Demo camera" not in client.get("/camera/").content.decode()


def test_strangers_are_led_to_the_door(client, camera):
    answers = [client.get(f"/camera/{path}") for path in ("", "new/", *(f"default/{path}" for path in LOOKING))]

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer.url.startswith("/accounts/login/?next=") for answer in answers)


def test_viewer_looks_and_sets_nothing(client_for, carol, camera):
    client = client_for(carol)

    looked = {path: client.get(f"/camera/default/{path}").status_code for path in ("", "history/", "recordings/")}
    pressed = {
        path: client.post(f"/camera/default/{path}", sent).status_code for path, sent in (OPERATING | RUNNING).items()
    }

    assert set(looked.values()) == {200}
    assert set(pressed.values()) == {403}
    assert client.get("/camera/default/presets/").status_code == 403
    assert _untouched(camera)


def test_operator_sets_and_does_not_run_the_camera(client_for, bob, camera, token):
    client = client_for(bob)

    set_ = client.post("/camera/default/", {"revision": "1", "contrast": "1.5"}).status_code
    pressed = {path: client.post(f"/camera/default/{path}", sent).status_code for path, sent in RUNNING.items()}

    camera.refresh_from_db()
    assert (set_, camera.desired["contrast"]) == (302, 1.5)
    assert set(pressed.values()) == {403}
    assert _untouched(camera)
    assert tokens.find([token])[0] is not None


def test_camera_is_made_by_coordinators_of_its_department_alone(
    client_for, alice, frank, neighbour, camera, department
):
    sent = {"name": "Lab", "slug": "lab", "department": department.pk, "visibility": "granted"}

    answers = [client_for(user).post("/camera/new/", sent).status_code for user in (alice, neighbour, frank)]

    assert answers == [403, 422, 200]


def test_recording_is_found_by_those_who_may_watch_its_camera_alone(client_for, carol, erin, former, camera):
    token, _secret = tokens.issue(camera=camera, by=None)
    Camera.objects.filter(pk=camera.pk).update(online_since=token.created_at, seen_at=token.created_at)
    grants.give(camera=camera, by=None, user=carol, role="operator")
    made = recordings.start(camera=camera, by=carol)
    recordings.stop(recording=made, by=carol)
    address = f"/camera/default/recordings/{made.uuid}/"

    gone = {user.username: client_for(user).post(f"{address}delete/").status_code for user in (erin, former)}
    parts = {user.username: client_for(user).get(f"{address}1.mp4").status_code for user in (erin, former, carol)}

    assert gone == {"erin": 404, "grace": 404}
    assert set(parts.values()) == {404}  # nothing was recorded
    assert client_for(carol).post(f"{address}delete/").status_code == 302


def test_grant_of_another_camera_is_not_withdrawn_here(client_for, alice, bob, camera):
    other = cameras.create(by=None, slug="lab", name="Lab")
    grant = grants.give(camera=other, by=None, user=bob, role="viewer")

    response = client_for(alice).post(f"/camera/default/people/{grant.pk}/withdraw/")

    assert (response.status_code, other.grants.count()) == (404, 1)
