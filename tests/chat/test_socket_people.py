"""Who is here, who is writing, how far people have read: told to whom it concerns, as far as they let it be seen."""

import asyncio
import threading

import pytest
from django.core.cache import cache

from chat import events
from chat.attendance import attendance as places
from chat.models import Membership
from chat.services import messages, presence, rooms
from chat.services.receipts import Receipt, mark
from digi.accounts.services import profiles
from digi.realtime import attendance
from digi.realtime.hub import hub
from tests.chat.sockets import aside, eventually

RECEIPTS = ["read", "delivered"]


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(attendance, "GRACE", 0.15)
    monkeypatch.setattr(attendance, "GATHER", 0.01)


@pytest.fixture
def talk(room, alice, bob):
    for number in range(1, 6):
        messages.post(room=room, by=alice, text=f"text {number}")


async def watching(visitor):
    visitor.watches = True
    return visitor


def marks(room, user) -> tuple[int, int]:
    return Membership.objects.values_list("read", "delivered").get(room=room, user=user)


# Typing


async def test_typing_is_told_to_the_others(layer, house, room, other_room, alice, bob, charlie):
    alice_here, bob_here, seed = [
        await house.room(who, room, dialect) for who, dialect in ((alice, "digi.v2"), (bob, "digi.v2"), (bob, None))
    ]
    elsewhere = await house.room(charlie, other_room)

    await alice_here.say(type="typing")

    assert await bob_here.text() == '{"type":"typing","user":"alice"}'
    for visitor in (alice_here, seed, elsewhere):
        assert await visitor.silent(0.1)


async def test_typing_is_no_frame_of_the_seed_dialect(house, room, alice, bob):
    seed, witness = await house.room(alice, room, None), await house.room(bob, room)

    for kind in ("typing", "read", "delivered", "ack", "resume"):
        await seed.say(type=kind)
        assert (await seed.hear())["code"] == "unknown_type"

    assert await witness.silent(0.1)


# Presence


async def test_coming_and_going_is_told(layer, house, room, alice, bob):
    one = await watching(await house.room(alice, room))

    other = await house.room(bob, room)
    came = await one.text()
    await other.go()
    went = await one.text()

    assert came == '{"type":"presence","user":"bob","state":"online"}'
    assert went == '{"type":"presence","user":"bob","state":"offline"}'


async def test_who_comes_is_told_who_is_here(house, room, alice, bob):
    one = await watching(await house.room(alice, room))
    await house.room(bob, room)
    assert (await one.hear())["user"] == "bob"

    third = await watching(await house.at_door(alice, room).come())

    assert (await third.hear())["type"] == "welcome"
    assert await third.hear() == {"type": "presence", "user": "bob", "state": "online"}


async def test_presence_and_receipts_that_come_while_a_resume_runs_are_told_after_it(house, talk, room, alice, bob):
    one = await watching(await house.room(alice, room))
    gate = threading.Event()
    for reader in hub().threads._readers:
        reader.submit(gate.wait, 60)
    (socket,) = hub().open

    await one.say(type="resume", since=3)
    await eventually(lambda: socket.anew)
    hub().post([_arrival(room, bob)])
    await aside(mark, [Receipt(room.pk, str(room.uuid), bob.pk, "bob", 3, read=True)])
    await aside(mark, [Receipt(room.pk, str(room.uuid), bob.pk, "bob", 5, read=True)])
    gate.set()

    heard = [await one.hear() for _ in range(5)]
    assert [frame["type"] for frame in heard] == ["add", "add", "synced", "presence", "read"]
    assert heard[-1]["seq"] == 5
    assert await one.silent(0.1)


def _arrival(room, user):
    return events.PresenceChanged(
        topic=f"room:{room.pk}", room=str(room.uuid), user=user.username, user_id=user.pk, state="online"
    )


async def test_a_reload_and_a_second_window_are_no_news(house, room, alice, bob, monkeypatch):
    monkeypatch.setattr(attendance, "GRACE", 3600)  # however long it takes to come back
    one = await watching(await house.room(alice, room))
    first = await house.room(bob, room)
    assert (await one.hear())["state"] == "online"

    second = await house.room(bob, room)
    await first.go()
    await second.go()
    await house.room(bob, room)
    places(hub())._gone(bob.pk)  # as when the grace is over

    assert await one.silent(0.4)


async def test_the_list_counts_as_being_here(house, room, alice, bob):
    one = await watching(await house.room(alice, room))

    listing = await house.list(bob)
    assert (await one.hear())["state"] == "online"
    await listing.go()

    assert (await one.hear())["state"] == "offline"


async def test_people_of_other_rooms_are_not_told(house, room, other_room, alice, bob, charlie):
    elsewhere = await watching(await house.room(charlie, other_room))

    await house.room(bob, room)

    assert await elsewhere.silent()


async def test_the_invisible_are_not_seen(house, room, alice, bob):
    await aside(profiles.change, user=bob, invisible=True)
    one = await watching(await house.room(alice, room))
    unseen = await house.room(bob, room)

    third = await watching(await house.at_door(alice, room).come())

    assert (await third.hear())["type"] == "welcome"
    assert await third.silent(0.2)
    await unseen.go()
    assert await one.silent(0.3)


async def test_becoming_invisible_and_visible_is_told_at_once(layer, house, room, alice, bob):
    one = await watching(await house.room(alice, room))
    await house.room(bob, room)
    assert (await one.hear())["state"] == "online"

    await aside(profiles.change, user=bob, invisible=True)
    assert await one.hear() == {"type": "presence", "user": "bob", "state": "offline"}
    await aside(profiles.change, user=bob, invisible=False)
    assert await one.hear() == {"type": "presence", "user": "bob", "state": "online"}


async def test_mark_that_ran_out_is_told_at_the_next_beat(house, room, alice, bob):
    """Bob's process died: nobody said that he left."""
    one = await watching(await house.room(alice, room))
    await aside(presence.marks.arrived, [bob.pk])
    assert await one.hear() == {"type": "presence", "user": "bob", "state": "online"}

    await aside(cache.delete, presence.marks.key(bob.pk))
    await hub().pulse._beat()

    heard = [await one.hear(), await one.hear()]
    assert {"type": "presence", "user": "bob", "state": "offline"} in heard


async def test_another_process_that_reports_somebody_gone_is_corrected(house, room, alice, bob):
    one = await watching(await house.room(alice, room))
    await house.room(bob, room)
    assert (await one.hear())["state"] == "online"

    await aside(presence.marks.departed, [bob.pk])  # his last socket there; here is another

    assert [(await one.hear())["state"] for _ in range(2)] == ["offline", "online"]
    assert await aside(presence.marks.here, [bob.pk]) == {bob.pk}


# Receipts


@pytest.mark.parametrize("kind", RECEIPTS)
async def test_receipt_is_stored_and_told(layer, house, talk, room, alice, bob, kind):
    reader, device, writer = [await house.room(who, room) for who in (bob, bob, alice)]

    await reader.say(type=kind, seq=3)

    for visitor in (reader, device, writer):
        assert await visitor.text() == f'{{"type":"{kind}","user":"bob","seq":3}}'
    assert await aside(marks, room, bob) == ((3, 3) if kind == "read" else (0, 3))
    assert await aside(marks, room, alice) == (0, 0)


@pytest.mark.parametrize("kind", RECEIPTS)
async def test_receipts_go_forward_only_and_never_beyond_the_head(house, talk, room, alice, bob, kind):
    reader, writer = await house.room(bob, room), await house.room(alice, room)

    await reader.say(type=kind, seq=3)
    first = await writer.hear()
    for seq in (2, 3, 0, 6, 2**53, 1):
        await reader.say(type=kind, seq=seq)
        await asyncio.sleep(0.02)
    await reader.say(type=kind, seq=5)

    assert [first["seq"], (await writer.hear())["seq"]] == [3, 5]
    assert await writer.silent(0.1)
    assert (await aside(marks, room, bob))[RECEIPTS.index(kind)] == 5


async def test_reading_is_receiving_too(house, talk, room, alice, bob):
    reader, writer = await house.room(bob, room), await house.room(alice, room)

    await reader.say(type="read", seq=4)
    assert (await writer.hear())["type"] == "read"
    await reader.say(type="delivered", seq=4)

    assert await writer.silent(0.1)
    assert await aside(marks, room, bob) == (4, 4)


async def test_receipts_sent_at_once_become_the_latest(house, talk, room, alice, bob):
    reader, writer = await house.room(bob, room), await house.room(alice, room)

    for seq in (1, 5, 2, 4, 3):
        await reader.say(type="read", seq=seq)

    while (await writer.hear())["seq"] != 5:
        pass
    assert await writer.silent(0.1)
    assert await aside(marks, room, bob) == (5, 5)


@pytest.mark.parametrize("hides", ["reader", "writer"])
async def test_receipts_are_shown_only_where_both_show_theirs(layer, house, talk, room, alice, bob, hides):
    await aside(rooms.set_receipts, room=room, by=bob if hides == "reader" else alice, on=False)
    reader, device, writer = [await house.room(who, room) for who in (bob, bob, alice)]
    listing = await house.list(alice)

    for kind in RECEIPTS[::-1]:
        await reader.say(type=kind, seq=2)

    for own in (reader, device):
        assert {(await own.hear())["type"] for _ in range(2)} == set(RECEIPTS)
    assert await writer.silent(0.2)
    assert await listing.silent(0.1)
    assert await aside(marks, room, bob) == (2, 2)


@pytest.mark.parametrize("who", ["reader", "writer"])
async def test_the_switch_works_in_open_sockets(house, talk, room, alice, bob, who):
    reader, writer, listing = await house.room(bob, room), await house.room(alice, room), await house.list(alice)
    switcher = bob if who == "reader" else alice

    for on, seq in ((False, 2), (True, 3)):
        await aside(rooms.set_receipts, room=room, by=switcher, on=on)
        for visitor in (reader, writer, listing):
            assert (await visitor.hear())["type"] == "setting"
        await reader.say(type="read", seq=seq)
        assert (await reader.hear())["seq"] == seq
        for visitor in (writer, listing):
            if on:
                assert (await visitor.hear())["seq"] == seq
            else:
                assert await visitor.silent(0.1)


async def test_receipt_of_who_has_left_is_nobodys_business(house, talk, room, alice, bob):
    await aside(rooms.leave, room=room, by=bob)
    witness = await house.room(alice, room)

    assert await aside(mark, [Receipt(room.pk, str(room.uuid), bob.pk, "bob", 3, read=True)]) == [False]

    assert await witness.silent(0.1)
    assert await aside(marks, room, bob) == (0, 0)
