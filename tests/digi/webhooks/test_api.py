"""The API of webhooks: one's own and nobody else's, secrets shown once, versions, pages."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.accounts.services import tokens
from digi.audit.models import AuditEvent
from digi.webhooks.models import Delivery, DeliveryState, OffReason, Webhook
from digi.webhooks.services import sending, signing, webhooks
from tests.digi.notifications.conftest import REMARK
from tests.digi.notifications.test_api import Api

pytestmark = pytest.mark.django_db

URL = "https://hooks.example/digi"


@pytest.fixture
def mine(client_for, alice) -> Api:
    return Api(client_for(alice))


@pytest.fixture
def outsider(client_for, erin) -> Api:
    return Api(client_for(erin))


def test_webhook_is_made_read_changed_and_removed(mine, alice):
    made = mine.post("webhooks/", {"url": URL, "name": " Lab\u200b bot ", "kinds": [REMARK.name]}, 201)
    secret = made.pop("secret")
    at = made["created_at"]

    assert made == {
        "id": made["id"],
        "name": "Lab bot",
        "url": URL,
        "kinds": [REMARK.name],
        "active": True,
        "switched_off": None,
        "failing_since": None,
        "old_secret_until": None,
        "created_at": at,
        "version": 1,
    }
    assert mine.get("webhooks/") == {"results": [made]}
    assert mine.get(f"webhooks/{made['id']}/") == made
    changed = mine.patch(f"webhooks/{made['id']}/", {"name": "Bot", "kinds": [], "active": False})
    assert changed == made | {"name": "Bot", "kinds": [], "active": False, "switched_off": "owner", "version": 2}
    assert mine.patch(f"webhooks/{made['id']}/", {"name": "Bot"})["version"] == 2
    assert mine.patch(f"webhooks/{made['id']}/", {"active": True})["switched_off"] is None
    mine.delete(f"webhooks/{made['id']}/", status=204)
    assert mine.get("webhooks/") == {"results": []}

    lines = AuditEvent.objects.filter(target=f"webhook:{made['id']}").order_by("n")
    assert [(line.action, line.actor, line.details) for line in lines] == [
        ("webhook.created", alice, {}),
        ("webhook.changed", alice, {"changed": ["active", "kinds", "name"]}),
        ("webhook.changed", alice, {"changed": ["active"]}),
        ("webhook.removed", alice, {}),
    ]
    assert secret not in str(list(AuditEvent.objects.values()))


def test_secret_is_shown_when_it_is_made_and_never_again(mine):
    made = mine.post("webhooks/", {"url": URL}, 201)
    again = mine.post(f"webhooks/{made['id']}/rotate-secret/", {})

    assert made["secret"].startswith("whsec_")
    assert made["secret"] != again["secret"]
    assert (again["version"], again["old_secret_until"] is None) == (2, False)
    assert mine.post(f"webhooks/{made['id']}/rotate-secret/", {"at_once": True})["old_secret_until"] is None
    assert "whsec_" not in json.dumps([mine.get("webhooks/"), mine.get(f"webhooks/{made['id']}/")])


def test_answers_with_secrets_are_kept_by_no_cache(client_for, alice):
    answer = client_for(alice).post("/api/v1/webhooks/", {"url": URL}, content_type="application/json")

    assert (answer.headers["Cache-Control"], answer.headers["ETag"]) == ("no-store", '"1"')


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid", "url"),
        ({"url": "https://127.0.0.2.example/", "kinds": "x"}, "invalid", "kinds"),
        ({"url": "ftp://hooks.example/"}, "bad_url", "url"),
        ({"url": "https://10.0.0.1/"}, "bad_url", "url"),
        ({"url": "https://me:secret@hooks.example/"}, "bad_url", "url"),
        ({"url": f"https://hooks.example/{'a' * 2000}"}, "invalid", "url"),
        ({"url": URL, "kinds": ["nothing"]}, "unknown_kind", "kinds"),
        ({"url": URL, "name": "a" * 81}, "invalid", "name"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(mine, body, code, field):
    problem = mine.post("webhooks/", body, 400)

    assert problem["code"] == code
    assert field in (problem.get("field"), *problem.get("errors", {}))
    assert not Webhook.objects.exists()


def test_unknown_kind_is_answered_with_those_that_are_known(mine):
    known = mine.post("webhooks/", {"url": URL, "kinds": ["nothing"]}, 400)["known"]

    assert {REMARK.name, "thesis.state", "webhook.off"} <= set(known)


def test_kind_of_another_release_stays_and_none_is_added(mine, hook):
    Webhook.objects.update(kinds=["gone.since"])

    kept = mine.patch(f"webhooks/{hook.uuid}/", {"kinds": ["gone.since", REMARK.name]})

    assert kept["kinds"] == ["gone.since", REMARK.name]


def test_change_to_an_address_that_may_not_be_called_changes_nothing(mine, hook):
    mine.patch(f"webhooks/{hook.uuid}/", {"name": "x", "url": "https://169.254.169.254/"}, 400)

    assert Webhook.objects.get().name == ""


def test_webhooks_of_one_person_are_limited(mine, settings):
    settings.DIGI_LIMIT_WEBHOOKS = 2

    for _ in range(2):
        mine.post("webhooks/", {"url": URL}, 201)
    refused = mine.post("webhooks/", {"url": URL}, 409)

    assert (refused["code"], refused["limit"]) == ("too_many_webhooks", 2)


# Versions


@pytest.mark.parametrize(
    ("method", "path", "body"), [("patch", "", {"name": "x"}), ("delete", "", None), ("post", "rotate-secret/", {})]
)
def test_stale_version_is_refused(client_for, alice, hook, method, path, body):
    ask = getattr(client_for(alice), method)
    here = f"/api/v1/webhooks/{hook.uuid}/{path}"

    stale = ask(here, body, content_type="application/json", headers={"If-Match": '"7"'})
    nonsense = ask(here, body, content_type="application/json", headers={"If-Match": "x"})
    fresh = ask(here, body, content_type="application/json", headers={"If-Match": '"1"'})

    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (412, "stale", 1)
    assert (nonsense.status_code, nonsense.json()["code"]) == (400, "invalid_etag")
    assert fresh.status_code in (200, 204)


# The log


def test_log_pages_from_the_newest_and_shows_attempts(mine, hook):
    made = [Delivery.objects.create(webhook=hook, kind="test.remark", body=str(n)) for n in range(5)]
    made[0].attempts.create(status=500, milliseconds=12, error="status", response="oh")
    Delivery.objects.filter(pk=made[0].pk).update(state=DeliveryState.FAILED, tries=1)
    base = f"webhooks/{hook.uuid}/deliveries/"

    pages = [mine.get(f"{base}?limit=2")]
    while pages[-1]["next"]:
        pages.append(mine.get(f"{base}?limit=2&after={pages[-1]['next']}"))

    assert [one["id"] for page in pages for one in page["results"]] == [str(one.uuid) for one in reversed(made)]
    (failed,) = mine.get(f"{base}?state=failed")["results"]
    ((attempt),) = failed["attempts"]
    assert attempt == {"at": attempt["at"], "status": 500, "milliseconds": 12, "error": "status", "response": "oh"}
    assert (failed["event"], failed["tries"]) == (made[0].event, 1)
    assert "body" not in failed
    assert mine.get(f"{base}{made[0].uuid}/")["body"] == "0"


def test_log_takes_the_same_queries_for_one_delivery_and_three(mine, hook, tell):
    mine.get("webhooks/")  # a session's first request asks more
    counts = []
    for more in (1, 2):
        for _ in range(more):
            tell()
            Delivery.objects.latest("pk").attempts.create(status=500)
        with CaptureQueriesContext(connection) as queries:
            assert len(mine.get(f"webhooks/{hook.uuid}/deliveries/")["results"]) >= more
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 6


def test_list_takes_the_same_queries_for_one_webhook_and_three(mine, hook, alice):
    mine.get("webhooks/")  # a session's first request asks more
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            mine.get("webhooks/")
        counts.append(len(queries))
        for _ in range(2):
            webhooks.create(owner=alice, url=URL)

    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=x", "state=x"])
def test_pages_that_make_no_sense(mine, hook, query):
    mine.get(f"webhooks/{hook.uuid}/deliveries/?{query}", status=400)


def test_page_after_what_is_not_there_is_empty(mine, hook, tell):
    tell()

    assert mine.get(f"webhooks/{hook.uuid}/deliveries/?after={uuid.uuid4()}") == {"results": [], "next": None}


@pytest.mark.django_db(transaction=True)
def test_ping_is_sent_at_once_and_seen_in_the_log(mine, hook, receiver):
    waits = mine.post(f"webhooks/{hook.uuid}/ping/", None, 202)
    twice = mine.post(f"webhooks/{hook.uuid}/ping/", None, 409)
    sending.send_due()

    (arrival,) = receiver.arrivals
    assert (waits["state"], waits["kind"], twice["code"]) == ("waiting", "webhook.ping", "ping_waits")
    assert arrival.body.decode() == waits["body"]
    assert arrival.json()["data"] == {"webhook": str(hook.uuid)}
    one = mine.get(f"webhooks/{hook.uuid}/deliveries/{waits['id']}/")
    assert (one["state"], one["attempts"][0]["status"], one["due_at"] <= one["settled_at"]) == ("delivered", 200, True)


@pytest.mark.django_db(transaction=True)
def test_ping_that_fails_is_not_sent_again_by_itself_and_the_next_need_not_wait(mine, hook, receiver):
    receiver.statuses = [500]
    for _ in range(2):
        mine.post(f"webhooks/{hook.uuid}/ping/", None, 202)
        sending.send_due()

    states = [one["state"] for one in mine.get(f"webhooks/{hook.uuid}/deliveries/")["results"]]
    assert states == ["delivered", "failed"]


@pytest.mark.django_db(transaction=True)
def test_delivery_is_sent_again_under_its_own_id(mine, hook, receiver, tell):
    tell()
    sending.send_due()
    one = Delivery.objects.get()

    again = mine.post(f"webhooks/{hook.uuid}/deliveries/{one.uuid}/redeliver/", None, 202)
    sending.send_due()

    first, second = receiver.arrivals
    assert (again["state"], again["tries"], again["settled_at"]) == ("waiting", 0, None)
    assert (first.event, first.body) == (second.event, second.body)
    assert second.is_signed_by(hook.shown)
    assert len(mine.get(f"webhooks/{hook.uuid}/deliveries/{one.uuid}/")["attempts"]) == 2


def test_nothing_is_sent_again_by_a_webhook_that_is_off_or_of_what_was_taken_back(mine, hook, tell):
    tell()
    one = Delivery.objects.get()
    here = f"webhooks/{hook.uuid}/deliveries/{one.uuid}/redeliver/"
    Delivery.objects.update(body="")
    gone = mine.post(here, None, 409)
    Webhook.objects.update(active=False, off_reason=OffReason.FAILING)

    assert gone["code"] == "taken_back"
    assert mine.post(here, None, 409)["code"] == "switched_off"
    assert mine.post(f"webhooks/{hook.uuid}/ping/", None, 409)["code"] == "switched_off"


def test_switching_off_drops_what_waits_and_switching_on_forgets_failures(mine, hook, tell):
    tell()
    Webhook.objects.update(failures=9, failing_since=hook.created_at)

    mine.patch(f"webhooks/{hook.uuid}/", {"active": False})
    on = mine.patch(f"webhooks/{hook.uuid}/", {"active": True})

    assert Delivery.objects.get().state == DeliveryState.DROPPED
    assert (on["failing_since"], Webhook.objects.get().failures) == (None, 0)


# Who may

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
