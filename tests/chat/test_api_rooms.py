"""The API of rooms: their exact shape, the list, opening, hiding and leaving."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Membership, Message, Room
from chat.services import drafts, journal, messages, rooms
from tests.chat.asking import here
from tests.chat.writing import add, id_of

pytestmark = pytest.mark.django_db


def test_room_has_exactly_what_was_promised(talk, api, alice, bob):
    drafts.keep(room=talk, by=alice, text="begun")
    cid = str(Message.objects.get(seq=3).cid)

    body = api(alice)("get", here(talk)).json()

    connection_id, last, members = body.pop("connection_id"), body.pop("last_message"), body.pop("members")
    assert connection_id.startswith("Z0FBQUFB")
    assert body == {
        "id": str(talk.uuid),
        "kind": "pair",
        "title": "Bob",
        "unread": 1,
        "head": 4,
        "read": 0,
        "receipts": True,
        "draft": "begun",
    }
    times = last.pop("at"), last.pop("changed_at")
    assert times[0] < times[1]
    assert all(len(time) == 24 and time.endswith("Z") for time in times)
    assert last == {
        "message_id": id_of(talk, 3),
        "n": 4,
        "seq": 3,
        "rev": 2,
        "user": "alice",
        "message": "drei",
        "deleted": False,
        "reply_to": None,
        "cid": cid,
    }
    assert members == [
        {
            "user": user.username,
            "display_name": user.display_name,
            "initials": user.initials,
            "tint": user.tint,
            "avatar": None,
            "left": False,
            "read": 0,
            "delivered": 0,
            "presence": "offline",
        }
        for user in (alice, bob)
    ]


def test_receipts_are_shown_where_both_show_theirs(talk, api, alice, bob):
    Membership.objects.filter(user=bob).update(read=3, delivered=4)

    def seen(by, of) -> tuple:
        members = api(by)("get", here(talk)).json()["members"]
        return next((one["read"], one["delivered"]) for one in members if one["user"] == of.username)

    assert seen(alice, bob) == (3, 4)
    for who in (alice, bob):
        assert api(who)("patch", here(talk), {"receipts": False}).json()["receipts"] is False
        assert seen(alice, bob) == (None, None)
        assert seen(bob, bob) == (3, 4)
        assert seen(bob, alice) == (None, None)
        api(who)("patch", here(talk), {"receipts": True})


def test_list_is_sorted_by_the_last_message_and_holds_ones_own_rooms(room, other_room, api, alice, bob, charlie):
    messages.post(room=other_room, by=alice, text="earlier")
    messages.post(room=room, by=alice, text="later")

    listed = api(alice)("get", "rooms/").json()

    assert (listed["next"], [one["id"] for one in listed["results"]]) == (None, [str(room.uuid), str(other_room.uuid)])
    assert [one["id"] for one in api(bob)("get", "rooms/").json()["results"]] == [str(room.uuid)]
    messages.post(room=other_room, by=charlie, text="latest")
    assert api(alice)("get", "rooms/").json()["results"][0]["id"] == str(other_room.uuid)


def test_unread_counts_what_others_wrote_since(talk, api, alice, bob):
    def unread(user) -> int:
        return api(user)("get", here(talk)).json()["unread"]

    assert (unread(alice), unread(bob)) == (1, 2)
    Membership.objects.filter(user=bob).update(read=1)
    assert unread(bob) == 1
    messages.delete(room=talk, by=alice, message_id=id_of(talk, 3))
    assert unread(bob) == 0


def test_opening_a_pair_is_201_and_then_200(api, alice, charlie):
    first = api(alice)("post", "rooms/", {"with": "charlie"})
    again = api(alice)("post", "rooms/", {"with": "Charlie"})
    other_way = api(charlie)("post", "rooms/", {"with": "alice"})

    assert [one.status_code for one in (first, again, other_way)] == [201, 200, 200]
    assert len({one.json()["id"] for one in (first, again, other_way)}) == 1
    assert Room.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"with": "nobody"}, 404, "unknown_person"),
        ({"with": "alice@example.org"}, 404, "unknown_person"),
        ({"with": "alice"}, 400, "yourself"),
        ({"with": ""}, 400, "invalid"),
        ({"with": None}, 400, "invalid"),
        ({"with": ["bob"]}, 400, "invalid"),
        ({"with": "b\x00b"}, 400, "invalid"),
        ({"with": "\ud800"}, 400, "invalid"),
        ({}, 400, "invalid"),
        ([], 400, "invalid"),
    ],
)
def test_opening_what_cannot_be_opened(api, alice, body, status, code):
    answer = api(alice)("post", "rooms/", json.dumps(body))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Room.objects.exists()


def test_switched_off_and_anonymised_people_cannot_be_met(api, alice, bob, charlie):
    from digi.accounts.services import people

    people.deactivate(user=bob)
    people.anonymise(user=charlie)

    for name in ("bob", charlie.username):
        assert api(alice)("post", "rooms/", {"with": name}).json()["code"] == "unknown_person"


def test_hidden_and_left_rooms_are_not_listed(talk, api, alice, bob):
    def listed(user) -> list:
        return api(user)("get", "rooms/").json()["results"]

    api(alice)("post", here(talk) + "hide/")
    assert (len(listed(alice)), len(listed(bob))) == (0, 1)
    assert api(alice)("get", here(talk)).status_code == 200
    messages.post(room=talk, by=bob, text="still there?")
    assert len(listed(alice)) == 1
    api(alice)("post", here(talk) + "leave/")
    assert listed(alice) == []
    assert [one["left"] for one in listed(bob)[0]["members"]] == [True, False]


def test_rooms_take_the_same_queries_for_one_and_three(api, person, alice):
    call, counted = api(alice), []
    for number in range(3):
        rooms_of(alice, person(f"friend{number}"))
        call("get", "rooms/")
        with CaptureQueriesContext(connection) as captured:
            answer = call("get", "rooms/")
        assert len(answer.json()["results"]) == number + 1
        counted.append(len(captured))

    assert counted[0] == counted[2]


def rooms_of(user, other) -> Room:
    opened = rooms.open_pair(by=user, other=other)[0]
    journal.write([add(opened, other, "hi"), add(opened, user, "hello")])
    drafts.keep(room=opened, by=user, text="begun")
    return opened
