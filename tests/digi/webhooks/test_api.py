"""The API of webhooks: one's own and nobody else's, secrets shown once, versions, pages."""

import json

import pytest

from digi.audit.models import AuditEvent
from digi.webhooks.models import Webhook
from tests.digi.notifications.conftest import REMARK

pytestmark = pytest.mark.django_db

URL = "https://hooks.example/digi"


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
