"""The two dialects of a room's socket, and both of them in one room: every frame with its exact keys."""

import json
import uuid

import pytest

from chat.models import Message
from chat.services import messages, rooms
from tests.chat.sockets import aside
from tests.chat.writing import id_of

CID = "3e0cbf3c-32cc-4aa5-bd51-3d6b9d1eb8b2"


async def test_welcome_says_how_far_the_room_is(house, room, alice):
    await aside(messages.post, room=room, by=alice, text="before")

    visitor = await house.at_door(alice, room).come()
    text = await visitor.text()

    assert visitor.subprotocol == "digi.v2"
    assert text == '{"type":"welcome","head":1,"heartbeat":25,"max_bytes":131072}'
    assert await visitor.silent()


async def test_seed_client_hears_nothing_on_connect(house, room, alice, bob):
    await aside(messages.post, room=room, by=alice, text="before")
    await house.room(bob, room)

    visitor = await house.room(alice, room, dialect=None)

    assert visitor.subprotocol is None
    assert await visitor.silent()


@pytest.mark.parametrize("offered", ["wamp", "digi.v1", "digi.v3", "DIGI.V2"])
async def test_unknown_subprotocol_gets_the_seed_dialect(house, room, alice, offered):
    visitor = await house.room(alice, room, dialect=offered)
    await visitor.say(type="add", message="hi")

    assert visitor.subprotocol is None
    assert await visitor.hear() == {"message": "hi", "user": "alice", "message_id": id_of(room, 1)}


async def test_ok_comes_before_the_add_it_answers(house, room, alice):
    visitor = await house.room(alice, room)

    await visitor.say(type="add", cid=CID, message="hi", reply_to=None)
    ok, added = await visitor.text(), await visitor.text()

    message_id = id_of(room, 1)
    assert ok == (f'{{"type":"ok","cid":"{CID}","n":1,"seq":1,"message_id":"{message_id}","duplicate":false}}')
    at = json.loads(added)["at"]
    assert added == (
        f'{{"type":"add","n":1,"seq":1,"rev":1,"message_id":"{message_id}","user":"alice","message":"hi",'
        f'"at":"{at}","cid":"{CID}","reply_to":null}}'
    )
    assert at[10] == "T"
    assert at.endswith("Z")
    assert len(at) == 24


async def test_many_adds_are_answered_and_told_in_their_order(layer, house, room, alice, bob):
    writer, reader = await house.room(alice, room), await house.room(bob, room)
    cids = [str(uuid.uuid4()) for _ in range(100)]

    for number, cid in enumerate(cids):
        await writer.say(type="add", cid=cid, message=f"text {number}")

    written = [await writer.hear() for _ in range(200)]
    read = [await reader.hear() for _ in range(100)]
    assert [frame["cid"] for frame in written if frame["type"] == "ok"] == cids
    assert [frame["n"] for frame in written if frame["type"] == "add"] == list(range(1, 101))
    assert [(frame["n"], frame["cid"], frame["message"]) for frame in read] == [
        (number, cid, f"text {number - 1}") for number, cid in enumerate(cids, 1)
    ]


async def test_both_dialects_share_a_room(layer, house, room, alice, bob):
    seed, v2 = await house.room(alice, room, dialect=None), await house.room(bob, room)
    first, second = id_of(room, 1), id_of(room, 2)

    await seed.say(type="add", message="from seed", user="alice")
    seed_frames = [await seed.text()]
    v2_frames = [await v2.text()]
    await v2.say(type="add", cid=CID, message="from v2", reply_to=first)
    seed_frames.append(await seed.text())
    v2_frames += [await v2.text(), await v2.text()]
    await seed.say(type="edit", message_id=first, message="edited by seed")
    seed_frames.append(await seed.text())
    v2_frames.append(await v2.text())
    await v2.say(type="edit", cid=str(uuid.uuid4()), message_id=second, message="edited by v2", base_rev=1)
    seed_frames.append(await seed.text())
    v2_frames += [await v2.text(), await v2.text()]
    await seed.say(type="delete", message_id=first)
    seed_frames.append(await seed.text())
    v2_frames.append(await v2.text())
    await v2.say(type="delete", cid=str(uuid.uuid4()), message_id=second)
    seed_frames.append(await seed.text())
    v2_frames += [await v2.text(), await v2.text()]

    assert seed_frames == [
        f'{{"message":"from seed","user":"alice","message_id":"{first}"}}',
        f'{{"message":"from v2","user":"bob","message_id":"{second}"}}',
        f'{{"type":"edit","message":"edited by seed","user":"alice","message_id":"{first}"}}',
        f'{{"type":"edit","message":"edited by v2","user":"bob","message_id":"{second}"}}',
        f'{{"type":"delete","user":"alice","message_id":"{first}"}}',
        f'{{"type":"delete","user":"bob","message_id":"{second}"}}',
    ]
    decoded = [json.loads(frame) for frame in v2_frames]
    assert all(frame.startswith('{"type":"') for frame in v2_frames)
    assert [list(frame) for frame in decoded if frame["type"] != "ok"] == [
        ["type", "n", "seq", "rev", "message_id", "user", "message", "at", "cid", "reply_to"],
        ["type", "n", "seq", "rev", "message_id", "user", "message", "at", "cid", "reply_to"],
        ["type", "n", "seq", "rev", "message_id", "user", "message", "at"],
        ["type", "n", "seq", "rev", "message_id", "user", "message", "at"],
        ["type", "n", "seq", "rev", "message_id", "user", "at"],
        ["type", "n", "seq", "rev", "message_id", "user", "at"],
    ]
    assert [
        (frame["type"], frame["n"], frame["seq"], frame["rev"], frame["user"], frame.get("message"))
        for frame in decoded
        if frame["type"] != "ok"
    ] == [
        ("add", 1, 1, 1, "alice", "from seed"),
        ("add", 2, 2, 1, "bob", "from v2"),
        ("edit", 3, 1, 2, "alice", "edited by seed"),
        ("edit", 4, 2, 2, "bob", "edited by v2"),
        ("delete", 5, 1, 3, "alice", None),
        ("delete", 6, 2, 3, "bob", None),
    ]
    assert decoded[2]["reply_to"] == first
    assert [(frame["n"], frame["seq"]) for frame in decoded if frame["type"] == "ok"] == [(2, 2), (4, 2), (6, 2)]
    assert next(list(frame) for frame in decoded if frame["type"] == "ok") == [
        "type", "cid", "n", "seq", "message_id", "duplicate",
    ]  # fmt: skip


async def test_membership_and_settings_are_told_to_v2_and_kept_from_seed(house, room, alice, bob):
    seed, v2 = await house.room(alice, room, dialect=None), await house.room(alice, room)

    await aside(rooms.set_receipts, room=room, by=bob, on=False)
    await aside(rooms.leave, room=room, by=bob)
    await aside(rooms.open_pair, by=bob, other=alice)
    await aside(messages.post, room=room, by=bob, text="back")

    told = [await v2.hear() for _ in range(4)]
    assert [list(frame) for frame in told[:3]] == [
        ["type", "n", "user", "name", "value", "at"],
        ["type", "n", "user", "state", "by", "at"],
        ["type", "n", "user", "state", "by", "at"],
    ]
    assert [{key: value for key, value in frame.items() if key != "at"} for frame in told[:3]] == [
        {"type": "setting", "n": 1, "user": "bob", "name": "receipts", "value": "off"},
        {"type": "member", "n": 2, "user": "bob", "state": "left", "by": "bob"},
        {"type": "member", "n": 3, "user": "bob", "state": "joined", "by": "bob"},
    ]
    assert told[3]["n"] == 4
    assert (await seed.hear())["message"] == "back"


async def test_all_sockets_of_a_person_hear_their_own_messages(house, room, alice):
    first, second = await house.room(alice, room), await house.room(alice, room)

    ok = await first.add("from one device")

    assert (await first.hear())["n"] == ok["n"]
    assert (await second.hear())["message"] == "from one device"


async def test_what_is_stored_is_what_was_said(house, room, alice, bob):
    visitor = await house.room(alice, room)
    text = 'NUL \x00, "quotes", \\back\\, 🏳️‍🌈, \u2028, Ünï, </script>'

    await visitor.add(text)

    assert (await visitor.hear())["message"] == text
    stored = await aside(lambda: Message.objects.get())
    assert (stored.sender_id, stored.room_id) == (alice.pk, room.pk)


async def test_rooms_do_not_hear_each_other(house, room, other_room, alice, bob, charlie):
    here, there = await house.room(bob, room), await house.room(charlie, other_room)
    writer = await house.room(alice, room)

    await writer.add("for bob")

    assert (await here.hear())["message"] == "for bob"
    assert await there.silent()
