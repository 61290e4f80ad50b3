"""Who may do what with webhooks over the API."""

import pytest

from digi.accounts.services import tokens
from digi.webhooks.models import Delivery, Webhook
from digi.webhooks.services import signing, webhooks
from tests.digi.notifications.asking import Api

pytestmark = pytest.mark.django_db

ONE = "webhooks/{webhook}/"
ENDPOINTS = [
    ("get", ONE, None),
    ("patch", ONE, {"name": "x"}),
    ("delete", ONE, None),
    ("post", f"{ONE}rotate-secret/", {}),
    ("post", f"{ONE}ping/", None),
    ("get", f"{ONE}deliveries/", None),
    ("get", f"{ONE}deliveries/{{delivery}}/", None),
    ("post", f"{ONE}deliveries/{{delivery}}/redeliver/", None),
]


@pytest.fixture
def named(hook, tell):
    tell()
    return {"webhook": hook.uuid, "delivery": Delivery.objects.get().uuid}


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
def test_nobody_but_the_owner_finds_anything(client_for, client, person, erin, bob, alice, named, method, path, body):
    """Erin is the outsider, Bob may read the same thing, the last runs the whole server and is not the owner either."""
    before = list(Webhook.objects.values())
    here = f"/api/v1/{path.format(**named)}"
    root = person("root-of-all", is_superuser=True, is_staff=True)
    browsers = [client_for(somebody) for somebody in (erin, bob, root)]

    found = [getattr(one, method)(here, body, content_type="application/json").status_code for one in browsers]
    signed_out = getattr(client, method)(here).status_code
    alice.is_active = False
    alice.save()
    former = getattr(client_for(alice), method)(here).status_code

    assert (found, signed_out, former) == ([404, 404, 404], 401, 401)
    assert list(Webhook.objects.values()) == before
    assert Delivery.objects.count() == 1


def test_lists_hold_ones_own_alone(outsider, mine, hook):
    assert outsider.get("webhooks/") == {"results": []}
    assert len(mine.get("webhooks/")["results"]) == 1


def test_delivery_is_not_found_under_another_webhook(client_for, erin, named, receiver):
    """Erin's own webhook must not open Alice's log."""
    hers, _ = webhooks.create(owner=erin, url=receiver.url)

    Api(client_for(erin)).get(f"webhooks/{hers.uuid}/deliveries/{named['delivery']}/", status=404)
    Api(client_for(erin)).post(f"webhooks/{hers.uuid}/deliveries/{named['delivery']}/redeliver/", None, 404)


@pytest.mark.parametrize(
    ("scope", "allowed"), [("webhooks:read", {"get"}), ("webhooks:write", {"patch", "post", "delete"}), ("me:read", {})]
)
@pytest.mark.parametrize(("method", "path", "body"), [*ENDPOINTS, ("get", "webhooks/", None)])
def test_tokens_need_their_scope(client, alice, named, scope, allowed, method, path, body):
    secret = tokens.create(user=alice, name="bot", scopes=[scope])[1]
    more = {} if method == "get" else {"content_type": "application/json", "data": body or {}}

    answer = getattr(client, method)(
        f"/api/v1/{path.format(**named)}", headers={"authorization": f"Bearer {secret}"}, **more
    )

    assert (answer.status_code < 300) == (method in allowed), answer.content
    assert answer.status_code < 300 or answer.status_code == 403


def test_secrets_are_thirty_two_random_bytes():
    import base64

    made = {signing.fresh() for _ in range(3)}

    assert {len(base64.b64decode(one.removeprefix("whsec_"))) for one in made} == {32}
    assert len(made) == 3
