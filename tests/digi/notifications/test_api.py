"""The API of notifications: lists, what is done with them, and what people wish to hear of."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.services import tokens
from digi.notifications.models import Inbox, Mute, Notification, Preference, Watch
from digi.notifications.services import states, withdraw
from tests.digi.notifications.asking import BASE, ids
from tests.digi.notifications.conftest import AUTHOR, GRADE, QUIET, REMARK, Thing

pytestmark = pytest.mark.django_db


# Lists


def test_inbox_lists_the_newest_first_in_pages(mine, tell):
    for _ in range(5):
        tell()

    first = mine.get("notifications/?limit=2")
    second = mine.get(f"notifications/?limit=2&before={first['next']}")
    last = mine.get(f"notifications/?limit=2&before={second['next']}")

    assert [ids(page) for page in (first, second, last)] == [[5, 4], [3, 2], [1]]
    assert (last["next"], last["last_id"], last["unread"]) == (None, 5, 5)
    assert first["results"][0]["why"] == "because you wrote it"


def test_shelves_hold_what_they_say(mine, tell, alice):
    for _ in range(5):
        tell()
    tell(kind=QUIET.name)
    states.read(user=alice, numbers=[1])
    states.finish(user=alice, numbers=[2])
    states.snooze(user=alice, numbers=[3], until=timezone.now() + timedelta(hours=1))

    shelves = {name: ids(mine.get(f"notifications/?state={name}")) for name in ("unread", "done", "snoozed", "all")}

    assert ids(mine.get("notifications/")) == [6, 5, 4, 1]
    assert shelves == {"unread": [6, 5, 4], "done": [2], "snoozed": [3], "all": [6, 5, 4, 3, 2, 1]}
    assert ids(mine.get(f"notifications/?kind={QUIET.name}")) == [6]
    assert mine.get("notifications/?state=nonsense", status=400)["code"] == "invalid"


def test_changes_after_a_number_come_in_order_and_name_what_is_gone(mine, tell, alice, thing):
    other = Thing(alice)
    for target in (other.name, thing.name, other.name):
        tell(target=target)
    states.read(user=alice, numbers=[1])
    withdraw(target=thing.name, users=[alice])

    page = mine.get("notifications/?after=1")
    first = mine.get("notifications/?after=0&limit=1")

    assert [(one["id"], one["n"]) for one in page["results"]] == [(3, 3), (1, 4)]
    assert (page["revoked"], page["next"], page["last_id"]) == ([2], None, 5)
    assert (ids(first), first["next"]) == ([3], 3)


def test_queries_do_not_grow_with_the_rows(mine, tell, alice, thing):
    counts = []
    for rows in (1, 3):
        while Notification.objects.count() < rows:
            tell(group=str(Notification.objects.count()))
        for path in ("notifications/", "notifications/?after=0", "notifications/1/"):
            mine.get(path)
            with CaptureQueriesContext(connection) as queries:
                mine.get(path)
            counts.append(len(queries))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 6


# Who may


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "notifications/1/", None),
        ("post", "notifications/1/mute/", {}),
    ],
)
def test_outsider_finds_nothing_of_others(outsider, tell, method, path, body):
    tell()

    getattr(outsider, method)(path, body, status=404)


def test_outsider_lists_and_changes_nothing_of_others(outsider, tell):
    tell()

    assert outsider.get("notifications/?state=all")["results"] == []
    assert outsider.get("notifications/?after=0")["results"] == []
    for verb in ("seen", "read", "done"):
        assert outsider.post(f"notifications/{verb}/", {"ids": [1]}) == {"changed": 0}
        assert outsider.post(f"notifications/{verb}/", {}) == {"changed": 0}
    assert Notification.objects.filter(seen_at=None, read_at=None, done_at=None).count() == 1


def test_former_reader_no_longer_finds_what_was_told(mine, tell, thing, alice):
    tell()
    thing.readers.discard(alice.pk)
    withdraw(target=thing.name, users=[alice])

    mine.get("notifications/1/", status=404)
    assert mine.get("notifications/?state=all")["results"] == []


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("notifications:read", {"get"}), ("notifications:write", {"post", "patch", "put"}), ("me:read", set())],
)
def test_tokens_need_their_scope(client, alice, thing, tell, scope, allowed):
    tell()
    secret = tokens.create(user=alice, name="bot", scopes=[scope])[1]
    asked = {
        "get": ["notifications/", "notification-preferences/", "watches/", "mutes/"],
        "post": ["notifications/read/", "notifications/1/mute/"],
        "patch": ["notification-preferences/"],
        "put": [f"watches/{thing.name}/"],
    }

    for method, paths in asked.items():
        for path in paths:
            headers = {"authorization": f"Bearer {secret}"}
            more = {} if method == "get" else {"content_type": "application/json", "data": {"level": "all"}}
            answer = getattr(client, method)(BASE + path, headers=headers, **more)
            assert answer.status_code == (200 if method in allowed else 403), (method, path)


def test_nobody_is_nobody(client):
    for path in ("notifications/", "notification-preferences/", "watches/", "mutes/"):
        assert client.get(BASE + path).status_code == 401


# What is done


def test_verbs_change_what_is_named_or_all(mine, tell):
    for _ in range(4):
        tell()

    assert mine.post("notifications/seen/", {"ids": [1, 2]}) == {"changed": 2}
    assert mine.post("notifications/seen/", {}) == {"changed": 2}
    assert mine.post("notifications/read/", {"ids": [1, 99]}) == {"changed": 1}
    assert mine.post("notifications/done/", {"ids": [1, 2]}) == {"changed": 2}
    assert mine.post("notifications/reopen/", {"ids": [2, 3]}) == {"changed": 1}
    assert mine.post("notifications/unread/", {"ids": [2, 3]}) == {"changed": 1}
    assert mine.post("notifications/read/", {}) == {"changed": 3}
    assert mine.get("notifications/")["unread"] == 0
    assert mine.get("notifications/1/")["done"] is True


def test_snoozed_comes_back_unread_when_its_time_has_come(mine, tell, alice):
    tell()
    tell()
    until = timezone.now() + timedelta(hours=2)
    states.read(user=alice, numbers=[1])

    mine.post("notifications/snooze/", {"ids": [1], "until": until.isoformat()})
    assert ids(mine.get("notifications/")) == [2]
    states.wake_due()
    assert ids(mine.get("notifications/")) == [2]
    Notification.objects.filter(number=1).update(wakes_at=timezone.now())
    states.wake_due()

    assert ids(mine.get("notifications/?state=unread")) == [1, 2]
    past = (timezone.now() - timedelta(minutes=1)).isoformat()
    assert mine.post("notifications/snooze/", {"ids": [1], "until": past}, status=400)["code"] == "not_in_future"


@pytest.mark.parametrize("body", [{"ids": []}, {"ids": ["one"]}, {"ids": [-1]}, {"ids": list(range(1001))}])
def test_wrong_numbers_are_refused(mine, body):
    assert mine.post("notifications/read/", body, status=400)["code"] == "invalid"


# What people wish


def test_reason_is_muted_in_place_and_heard_again(mine, tell, alice, thing):
    tell()

    here = mine.post("notifications/1/mute/", {})
    tell()
    everywhere = mine.post("notifications/1/mute/", {"everywhere": True})

    assert here == {"reason": AUTHOR.name, "why": "because you wrote it", "target": thing.name}
    assert everywhere["target"] == ""
    assert mine.get("mutes/")["results"] == [here, everywhere]
    assert Notification.objects.count() == 1
    mine.delete(f"mutes/?reason={AUTHOR.name}", status=204)
    mine.delete(f"mutes/?reason={AUTHOR.name}&target={thing.name}", status=204)
    assert not Mute.objects.exists()
    assert tell()


def test_preferences_show_every_kind_and_keep_what_is_not_given(mine, alice):
    wish = {"kinds": [{"kind": REMARK.name, "mail": "weekly"}], "quiet_from": "22:00", "quiet_until": "06:30"}

    mine.patch("notification-preferences/", wish)
    after = mine.patch(
        "notification-preferences/", {"digest_hour": 6, "kinds": [{"kind": REMARK.name, "browser": "off"}]}
    )

    chosen = {row["kind"]: row for row in after["kinds"]}
    assert chosen[REMARK.name] == {
        "kind": REMARK.name,
        "label": "Remarks",
        "inbox": "instant",
        "mail": "weekly",
        "browser": "off",
    }
    assert chosen[QUIET.name]["mail"] == "off"
    assert GRADE.name not in chosen
    assert {name: value for name, value in after.items() if name != "kinds"} == {
        "quiet_from": "22:00",
        "quiet_until": "06:30",
        "digest_hour": 6,
        "digest_weekday": 0,
    }
    assert mine.get("notification-preferences/") == after
    assert mine.patch("notification-preferences/", {"quiet_from": None})["quiet_until"] is None


def test_default_leaves_no_row(mine, alice):
    for timing in ("weekly", "instant"):
        mine.patch("notification-preferences/", {"kinds": [{"kind": REMARK.name, "mail": timing}]})

    assert not Preference.objects.exists()


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"kinds": [{"kind": REMARK.name, "mail": "off"}, {"kind": "test.unknown"}]}, "unknown_kind"),
        ({"kinds": [{"kind": GRADE.name, "mail": "off"}]}, "unknown_kind"),
        ({"kinds": [{"kind": REMARK.name, "browser": "daily"}]}, "invalid"),
        ({"kinds": [{"kind": REMARK.name, "mail": "hourly"}]}, "invalid"),
        ({"quiet_from": "25:00"}, "invalid"),
        ({"digest_hour": 24}, "invalid"),
    ],
)
def test_wrong_wish_changes_nothing(mine, wish, code):
    assert mine.patch("notification-preferences/", wish, status=400)["code"] == code
    assert not Preference.objects.exists()
    assert not Inbox.objects.exists()


def test_target_is_watched_while_it_may_be_read(mine, outsider, tell, thing):
    tell()

    row = mine.put(f"watches/{thing.name}/", {"level": "mentions"})

    assert row == {"target": thing.name, "title": "A thing", "level": "mentions"}
    assert mine.get("watches/")["results"] == [row]
    assert outsider.put(f"watches/{thing.name}/", {"level": "all"}, status=404)["code"] == "unknown_target"
    assert outsider.put("watches/nothing:1/", {"level": "all"}, status=404)["code"] == "unknown_target"
    assert mine.put(f"watches/{thing.name}/", {"level": "loud"}, status=400)["code"] == "invalid"
    mine.delete(f"watches/{thing.name}/", status=204)
    assert not Watch.objects.exists()
