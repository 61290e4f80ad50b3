"""A database that fails for a moment: sockets stay or are politely refused, and everything is there afterwards."""

import asyncio

import pytest
from django.db import OperationalError

from chat.consumers import room as module
from chat.consumers.room import ChatConsumer
from chat.services import history, journal, messages
from digi.accounts import doors
from digi.realtime import following
from digi.realtime.hub import hub
from tests.chat.sockets import aside
from tests.chat.writing import add, unheard


class Failing:
    """Fails as often as it is told to, then does what it stands for."""

    def __init__(self, work, times: int, error: Exception | None = None) -> None:
        self._work = work
        self._error = error or OperationalError("database is locked")
        self.left = times

    def __call__(self, *arguments):
        if self.left:
            self.left -= 1
            raise self._error
        return self._work(*arguments)


@pytest.fixture
def talk(room, alice):
    messages.post(room=room, by=alice, text="before")


async def test_reading_that_fails_is_tried_until_it_succeeds(house, talk, room, alice, bob, monkeypatch):
    monkeypatch.setattr(following, "RETRY", 0.02)
    failing = Failing(history.looks, times=3)
    monkeypatch.setattr(ChatConsumer, "read", staticmethod(failing))
    visitor = await house.room(bob, room)

    await aside(unheard, journal.write, [add(room, alice, "unheard")])
    await visitor.say(type="resume", since=0)

    assert [frame["n"] for frame in await visitor.hear_until("synced")] == [1, 2, 2]
    assert failing.left == 0
    await aside(messages.post, room=room, by=alice, text="live")
    assert (await visitor.hear())["n"] == 3


async def test_live_frames_of_a_failing_time_come_afterwards_in_order(house, talk, room, alice, bob, monkeypatch):
    monkeypatch.setattr(following, "RETRY", 0.02)
    failing = Failing(history.looks, times=10**9)
    monkeypatch.setattr(ChatConsumer, "read", staticmethod(failing))
    visitor = await house.room(bob, room)

    await visitor.say(type="resume", since=0)
    for number in range(5):
        await aside(messages.post, room=room, by=alice, text=str(number))
    assert await visitor.silent(0.1)
    failing.left = 0

    assert [frame["n"] for frame in await visitor.hear_until("synced")] == [1, 2, 3, 4, 5, 6, 6]


async def test_entrance_that_fails_refuses_the_handshake(house, room, alice, monkeypatch, caplog):
    monkeypatch.setattr(module, "enter", Failing(module.enter, times=1))

    assert not await house.at_door(alice, room).is_let_in()
    assert [record.exc_info for record in caplog.records if record.name == "digi.realtime.sockets"] == [False]
    await house.room(alice, room)


async def test_our_own_mistake_at_the_entrance_is_logged_with_its_traceback(house, room, alice, monkeypatch, caplog):
    def broken(_socket):
        raise ZeroDivisionError

    monkeypatch.setattr("chat.consumers.v2.Version2.greet", broken)

    visitor = await house.at_door(alice, room).come()

    assert await visitor.end() == ([], 1000)
    (record,) = [record for record in caplog.records if record.name == "digi.realtime.sockets"]
    assert record.exc_info[0] is ZeroDivisionError


async def test_door_that_cannot_look_refuses(house, room, alice, monkeypatch):
    monkeypatch.setattr(doors, "identify", Failing(doors.identify, times=1))

    assert not await house.at_door(alice, room).is_let_in()
    await house.room(alice, room)


async def test_heartbeat_that_cannot_read_comes_again(house, room, alice, monkeypatch, caplog):
    from digi.realtime import pulse, registry

    visitor = await house.room(alice, room)
    monkeypatch.setitem(registry.heads, "room", Failing(registry.heads["room"], times=1))
    monkeypatch.setattr(pulse, "HEARTBEAT", 0.05)
    task = asyncio.create_task(hub().pulse._repeat(0.05, hub().pulse._beat))

    assert await visitor.hear() == {"type": "heartbeat", "head": 0}
    task.cancel()
    assert "_beat failed" in caplog.text
