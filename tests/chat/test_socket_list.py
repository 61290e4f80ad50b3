"""The socket of a person's list of rooms: what happens anywhere, each frame with its room."""

import json
import uuid

import pytest

from chat.consumers import listing
from chat.models import Membership
from chat.services import entrance, messages, rooms
from tests.chat.sockets import aside
from tests.chat.writing import id_of


async def test_welcome_names_the_person(house, alice):
    visitor = await house.knock(alice, "/ws/chat/").come()

    assert await visitor.text() == '{"type":"welcome","user":"alice","heartbeat":25}'
    assert await visitor.silent(0.1)


@pytest.mark.parametrize("dialect", [None, "wamp"])
async def test_the_list_speaks_digi_v2_only(house, alice, dialect):
    visitor = await house.knock(alice, "/ws/chat/", dialect).come()

    assert await visitor.end() == ([], 4403)


async def test_frames_of_every_room_carry_it_as_second_key(layer, house, room, other_room, alice, bob, charlie):
    visitor = await house.list(alice)

    here = await house.room(bob, room)
    await here.say(type="typing")
    await here.add("from bob")
    await here.say(type="read", seq=1)
    await here.hear_until("read")
    await aside(messages.post, room=other_room, by=charlie, text="from charlie", reply_to=None)
    await aside(messages.edit, room=room, by=bob, message_id=id_of(room, 1), text="edited")
    await aside(messages.delete, room=room, by=bob, message_id=id_of(room, 1))
    await aside(rooms.set_receipts, room=other_room, by=charlie, on=False)

    texts = [await visitor.text() for _ in range(7)]
    frames = [json.loads(text) for text in texts]
    assert [list(frame)[:2] for frame in frames] == [["type", "room"]] * 7
    assert [(frame["type"], frame["room"], frame["user"]) for frame in frames] == [
        ("typing", str(room.uuid), "bob"),
        ("add", str(room.uuid), "bob"),
        ("read", str(room.uuid), "bob"),
        ("add", str(other_room.uuid), "charlie"),
        ("edit", str(room.uuid), "bob"),
        ("delete", str(room.uuid), "bob"),
        ("setting", str(other_room.uuid), "charlie"),
    ]
    assert list(frames[1]) == [
        "type", "room", "n", "seq", "rev", "message_id", "user", "message", "at", "cid", "reply_to",
    ]  # fmt: skip
    assert frames[3]["message"] == "from charlie"


async def test_one_hears_ones_own_messages_and_not_ones_own_typing(house, room, alice):
    visitor, here = await house.list(alice), await house.room(alice, room)

    await here.say(type="typing")
    await here.add("mine")

    assert (await visitor.hear())["message"] == "mine"


async def test_presence_of_others_comes_with_the_room(house, room, alice, bob):
    visitor = await house.list(alice)
    visitor.watches = True

    await house.list(bob)

    assert await visitor.hear() == {"type": "presence", "room": str(room.uuid), "user": "bob", "state": "online"}


async def test_outsider_hears_nothing(house, room, alice, bob, charlie):
    visitor = await house.list(charlie)

    await aside(messages.post, room=room, by=alice, text="hi")
    await aside(rooms.leave, room=room, by=bob)
    await aside(rooms.open_pair, by=bob, other=alice)

    assert await visitor.silent()


async def test_new_room_enters_the_list_of_its_opener_and_later_of_the_other(layer, house, alice, bob, charlie):
    mine, theirs, outsider = await house.list(bob), await house.list(charlie), await house.list(alice)

    opened, created = await aside(rooms.open_pair, by=bob, other=charlie)
    assert created
    assert await mine.hear() == {"type": "room", "room": str(opened.uuid)}
    assert await theirs.silent(0.1)
    await aside(messages.post, room=opened, by=bob, text="first")

    assert (await theirs.hear())["message"] == "first"
    assert (await mine.hear())["message"] == "first"
    assert await outsider.silent(0.1)


async def test_room_that_was_left_is_gone_and_silent_until_one_is_back(layer, house, room, alice, bob):
    left, stays = await house.list(bob), await house.list(alice)

    await aside(rooms.leave, room=room, by=bob)
    heard = await left.hear_until("gone")
    await aside(messages.post, room=room, by=alice, text="behind his back")
    assert [frame["type"] for frame in heard] in (["member", "gone"], ["gone"])
    assert heard[-1] == {"type": "gone", "room": str(room.uuid)}
    assert await left.silent()

    await aside(rooms.open_pair, by=alice, other=bob)
    assert (await left.hear_until("room"))[-1] == {"type": "room", "room": str(room.uuid)}
    await aside(messages.post, room=room, by=alice, text="welcome back")
    assert (await left.hear_until("add"))[-1]["message"] == "welcome back"
    assert [(await stays.hear())["type"] for _ in range(4)] == ["member", "add", "member", "add"]


async def test_hidden_room_is_gone_and_comes_back_with_its_next_message(house, room, alice, bob):
    visitor = await house.list(bob)

    await aside(rooms.hide, room=room, by=bob)
    assert await visitor.hear() == {"type": "gone", "room": str(room.uuid)}
    await aside(messages.post, room=room, by=alice, text="still there?")

    assert (await visitor.hear())["message"] == "still there?"


async def test_returning_with_receipts_off_shows_no_receipts(house, room, alice, bob):
    await aside(messages.post, room=room, by=bob, text="hi")
    await aside(rooms.set_receipts, room=room, by=bob, on=False)
    visitor = await house.list(bob)
    await aside(rooms.leave, room=room, by=bob)
    await aside(rooms.open_pair, by=bob, other=alice)
    assert (await visitor.hear_until("room"))[-1]["room"] == str(room.uuid)

    reader = await house.room(alice, room)
    await reader.say(type="read", seq=1)
    assert (await reader.hear())["type"] == "read"

    assert await visitor.silent(0.1)


async def test_delivered_is_stored_and_told(house, room, alice, bob):
    await aside(messages.post, room=room, by=alice, text="hi")
    visitor, writer = await house.list(bob), await house.room(alice, room)

    await visitor.say(type="delivered", room=str(room.uuid), seq=1)

    assert await writer.hear() == {"type": "delivered", "user": "bob", "seq": 1}
    assert (await visitor.hear())["type"] == "delivered"
    assert (await aside(Membership.objects.get, room=room, user=bob)).delivered == 1


async def test_delivered_in_rooms_of_others_is_refused(house, room, other_room, alice, bob):
    await aside(messages.post, room=other_room, by=alice, text="hi")
    visitor, witness = await house.list(bob), await house.room(alice, other_room)

    for room_id in (other_room.uuid, uuid.uuid4()):
        await visitor.say(type="delivered", room=str(room_id), seq=1)
        assert (await visitor.hear())["code"] == "not_member"

    assert await witness.silent(0.1)
    assert not await aside(Membership.objects.filter(delivered__gt=0).exists)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "add", "message": "hi"}, "unknown_type"),
        ({"type": "read", "room": str(uuid.uuid4()), "seq": 1}, "unknown_type"),
        ({"type": "delivered", "seq": 1}, "bad_frame"),
        ({"type": "delivered", "room": "here", "seq": 1}, "bad_frame"),
        ({"type": "delivered", "room": str(uuid.uuid4()), "seq": -1}, "bad_frame"),
    ],
)
async def test_other_frames_are_refused_by_name(house, alice, frame, code):
    visitor = await house.list(alice)

    await visitor.say(**frame)

    error = await visitor.hear()
    assert list(error) == ["type", "code", "message"]
    assert error["code"] == code


async def test_left_in_the_very_moment_of_opening_is_left(house, room, alice, bob, monkeypatch):
    """The list is read, Bob leaves, and only then the socket hears what was read."""

    def slowly(user_ids):
        found = entrance.rooms_of(user_ids)
        rooms.leave(room=room, by=bob)
        return found

    monkeypatch.setattr(listing, "rooms_of", slowly)
    visitor = await house.list(bob)
    await aside(messages.post, room=room, by=alice, text="behind his back")

    assert await visitor.silent()
