"""Readers that do not keep up: held back by their window, never lost, and closed when they stay silent."""

import asyncio
import time
from collections.abc import Callable

import pytest

from chat.consumers.room import ChatConsumer
from chat.models import Message
from chat.services import history, journal
from chat.services.entries import Entry
from digi.realtime import following
from digi.realtime.hub import hub
from tests.chat.sockets import aside, eventually, numbers
from tests.chat.writing import add


@pytest.fixture
def busy(monkeypatch):
    """Somebody writes behind each of the next looks; the looks that were asked for so far."""

    def begin(entries: Callable[[], list[Entry]], *, times: int) -> list:
        looked = []

        def looks(asked):
            found = history.looks(asked)
            looked.append(asked)
            if len(looked) <= times:  # committed and posted before the socket goes on
                journal.write(entries())
            return found

        monkeypatch.setattr(ChatConsumer, "read", staticmethod(looks))
        return looked

    return begin


async def test_silent_reader_gets_a_window_and_goes_on_when_it_acknowledges(house, room, alice, bob):
    reader, writer = await house.room(bob, room), await house.room(alice, room, dialect=None)
    await aside(journal.write, [add(room, alice, f"text {number}") for number in range(600)])

    first = [await reader.hear() for _ in range(256)]
    assert await reader.silent()
    await writer.say(type="add", message="one more")
    assert await reader.silent()
    await reader.say(type="ack", n=200)
    second = [await reader.hear() for _ in range(200)]
    assert await reader.silent()
    await reader.say(type="ack", n=456)
    third = [await reader.hear() for _ in range(145)]

    assert numbers(first + second + third) == list(range(1, 602))
    await reader.say(type="ack", n=601)
    await writer.say(type="add", message="live again")
    assert (await reader.hear())["n"] == 602


async def test_window_is_a_mebibyte_of_bytes_not_of_letters(house, room, alice, bob):
    reader = await house.room(bob, room)
    text = "🫠" * 8000  # 32 000 bytes each: thirty-two of them are a mebibyte

    for _ in range(3):
        await aside(journal.write, [add(room, alice, text) for _ in range(15)])
    found = [await reader.hear() for _ in range(32)]
    while not await reader.silent(0.3):
        found.append({})

    assert len(found) <= 34
    await reader.say(type="ack", n=45)
    assert (await reader.hear())["n"] == len(found) + 1


async def test_resume_of_a_silent_reader_is_still_said_to_be_done(house, room, alice, bob):
    await aside(journal.write, [add(room, alice, f"text {number}") for number in range(300)])
    reader = await house.room(bob, room)

    await reader.say(type="resume", since=0)
    first = [await reader.hear() for _ in range(256)]
    assert await reader.silent()
    await reader.say(type="ack", n=256)
    rest = await reader.hear_until("synced")

    assert numbers(first + rest[:-1]) == list(range(1, 301))
    assert rest[-1] == {"type": "synced", "n": 300}


async def test_resume_begins_a_window_of_its_own(house, room, alice, bob):
    """What was on the way comes again, and is not waited for twice."""
    reader = await house.room(bob, room)
    await aside(journal.write, [add(room, alice, str(number)) for number in range(200)])
    for _ in range(200):
        await reader.hear()

    await reader.say(type="resume", since=0)
    again = await reader.hear_until("synced")

    assert numbers(again[:-1]) == list(range(1, 201))


async def test_what_is_written_while_one_is_parked_is_still_answered(house, room, alice, bob):
    reader = await house.room(bob, room)
    await aside(journal.write, [add(room, alice, str(number)) for number in range(256)])
    for _ in range(256):
        await reader.hear()

    assert (await reader.add("I can still talk"))["n"] == 257
    assert await reader.silent()
    await reader.say(type="ack", n=256)
    assert (await reader.hear())["n"] == 257


async def test_what_is_written_behind_an_empty_look_is_told_at_once(house, room, alice, bob, busy, monkeypatch):
    monkeypatch.setattr(following, "WINDOW_EVENTS", 1)
    reader = await house.room(bob, room)
    await aside(journal.write, [add(room, alice, "the last of its window")])
    await reader.hear()
    busy(lambda: [add(room, alice, "behind it")], times=1)

    await reader.say(type="ack", n=1)

    assert (await reader.hear())["message"] == "behind it"


async def test_reading_ends_however_much_is_written_meanwhile(house, room, alice, bob, busy):
    """What comes while a look is under way is told from memory; a busy room would else be read for ever."""
    await aside(journal.write, [add(room, alice, "long ago")])
    reader = await house.room(bob, room)
    looked = busy(lambda: [add(room, alice, f"meanwhile {number}") for number in range(5)], times=30)

    await reader.say(type="resume", since=0)
    heard = await reader.hear_until("synced")

    assert len(looked) == 1
    assert numbers(heard[:-1]) == list(range(1, 7))
    assert heard[-1]["n"] == 6


async def test_more_than_is_kept_is_read_again(house, room, alice, bob, busy, monkeypatch):
    await aside(journal.write, [add(room, alice, "long ago")])
    reader = await house.room(bob, room)
    monkeypatch.setattr(following, "KEPT", 20)
    looked = busy(lambda: [add(room, alice, f"meanwhile {number}") for number in range(100)], times=1)

    await reader.say(type="resume", since=0)
    heard = await reader.hear_until("synced")

    assert len(looked) == 2
    assert numbers(heard[:-1]) == list(range(1, 102))


async def test_reading_ends_where_the_database_has_less_than_was_seen(house, room, alice, bob):
    await aside(journal.write, [add(room, alice, "stored")])
    reader = await house.room(bob, room)
    (socket,) = hub().open
    socket.topic.seen = 5

    await reader.say(type="resume", since=0)

    assert numbers(await reader.hear_until("synced")) == [1, 1]


async def test_parked_reader_that_stays_silent_is_closed(house, room, alice, bob, monkeypatch):
    monkeypatch.setattr(following, "SILENCE", 0.2)
    reader, seed = await house.room(bob, room), await house.room(bob, room, dialect=None)
    keeping_up = await house.room(bob, room)
    for start in range(0, 260, 20):
        await aside(journal.write, [add(room, alice, str(number)) for number in range(20)])
        for _ in range(20):
            await keeping_up.hear()
        await keeping_up.say(type="ack", n=start + 20)
    parked = time.monotonic()

    while time.monotonic() - parked < 0.25:
        await hub().pulse._watch()
        await asyncio.sleep(0.01)
    frames, code = await reader.end()

    assert (len(frames), code) == (256, 4408)
    assert [(await seed.hear())["message"] for _ in range(260)][-1] == "19"
    assert await seed.silent(0.05)
    assert await keeping_up.silent(0.05)


async def test_acknowledging_in_time_keeps_a_parked_reader(house, room, alice, bob):
    reader = await house.room(bob, room)
    await aside(journal.write, [add(room, alice, str(number)) for number in range(300)])
    for _ in range(256):
        await reader.hear()

    (socket,) = hub().open
    for _ in range(5):
        socket._heard -= following.SILENCE * 2 / 3  # so long ago
        await hub().pulse._watch()
        await reader.say(type="ack", n=0)
        await eventually(lambda: time.monotonic() - socket._heard < following.SILENCE / 3)

    await reader.say(type="ack", n=256)
    assert (await reader.hear())["n"] == 257


async def test_reader_that_takes_nothing_at_all_is_closed(house, room, alice, bob, monkeypatch):
    """A seed client has no window: what waits for it in this process is bounded all the same."""
    seed = await house.room(bob, room, dialect=None)
    gate = asyncio.Event()
    (socket,) = [socket for socket in hub().open if socket.identity.user_id == bob.pk]
    send = socket._send

    async def stuck(message) -> None:
        await gate.wait()
        await send(message)

    socket._send = stuck
    text = "x" * 8000
    for _ in range(6):
        await aside(journal.write, [add(room, alice, text) for _ in range(100)])
    await eventually(lambda: socket.closed)
    gate.set()
    frames, code = await seed.end()

    assert code == 4408
    assert len(frames) * 8000 < 5 * 1_048_576
    assert await aside(Message.objects.count) == 600
