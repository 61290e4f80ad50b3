"""ETag and If-Match of what people wish to hear of: nobody writes over what they have not seen."""

import json

import pytest

from digi.notifications.models import Preference, Watch
from digi.notifications.services import notify, states
from tests.digi.notifications.conftest import AUTHOR, REMARK

pytestmark = pytest.mark.django_db

PREFERENCES = "/api/v1/notification-preferences/"


@pytest.fixture
def ask(client_for, alice):
    client = client_for(alice)

    def call(method: str, path: str, body=None, *, seen: str | None = None):
        headers = {"If-Match": seen} if seen is not None else {}
        return getattr(client, method)(path, json.dumps(body), content_type="application/json", headers=headers)

    return call


@pytest.fixture
def watch(thing) -> str:
    return f"/api/v1/watches/{thing.name}/"


def mail(timing: str) -> dict:
    return {"kinds": [{"kind": REMARK.name, "mail": timing}]}


def test_preferences_are_changed_by_who_has_seen_them(client_for, ask, alice):
    seen = client_for(alice).get(PREFERENCES).headers["ETag"]

    changed = ask("patch", PREFERENCES, mail("off"), seen=seen)
    late = ask("patch", PREFERENCES, mail("daily"), seen=seen)

    assert (changed.status_code, late.status_code, late.json()["code"]) == (200, 412, "stale")
    assert late.json()["version"] == changed.headers["ETag"].strip('"') != seen.strip('"')
    assert Preference.objects.get().timing == "off"
    assert ask("patch", PREFERENCES, {"digest_hour": 9}, seen=changed.headers["ETag"]).status_code == 200
    assert ask("patch", PREFERENCES, mail("weekly")).status_code == 200
    assert ask("patch", PREFERENCES, mail("daily"), seen="*").status_code == 200


def test_tag_of_preferences_is_the_same_in_every_language(client_for, alice):
    tags = set()
    for language in ("en", "de"):
        alice.language = language
        alice.save()
        tags.add(client_for(alice).get(PREFERENCES, headers={"Accept-Language": language}).headers["ETag"])

    assert len(tags) == 1


def test_level_is_changed_and_taken_back_by_who_has_seen_it(client_for, ask, alice, watch):
    first = ask("put", watch, {"level": "all"})
    ask("put", watch, {"level": "mute"})

    stale = [ask("put", watch, {"level": "mentions"}, seen=first.headers["ETag"])]
    stale.append(ask("delete", watch, seen=first.headers["ETag"]))
    now = client_for(alice).get(watch)

    assert [answer.status_code for answer in stale] == [412, 412]
    assert (now.json()["level"], Watch.objects.get().level) == ("mute", "mute")
    assert ask("delete", watch, seen=now.headers["ETag"]).status_code == 204
    assert client_for(alice).get(watch).status_code == 404


def test_level_of_others_is_not_shown(client_for, ask, erin, watch):
    ask("put", watch, {"level": "all"})

    assert client_for(erin).get(watch).status_code == 404


@pytest.mark.parametrize("seen", ["3", "W/3", '"3"', '"zzzzzzzzzzzzzzzz"', ""])
def test_header_that_is_no_tag_is_refused(ask, watch, seen):
    for answer in (ask("patch", PREFERENCES, mail("off"), seen=seen), ask("put", watch, {"level": "all"}, seen=seen)):
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_etag")


def test_tag_of_a_notification_follows_what_it_says(client_for, alice, thing):
    notify(**thing.told(), to={alice: AUTHOR.name})
    path = "/api/v1/notifications/1/"
    before = client_for(alice).get(path).headers["ETag"]

    states.read(user=alice, numbers=[1])

    assert client_for(alice).get(path).headers["ETag"] != before
