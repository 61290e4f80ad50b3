"""Coming back: what came after a number, live frames in their place behind it, and readers that do not keep up."""

import asyncio
import json
import uuid

import pytest

from chat.services import journal, messages, rooms
from digi.realtime import following
from digi.realtime.hub import hub
from tests.chat.sockets import Visitor, aside, numbers
from tests.chat.storms import Copy, Storm, stands
from tests.chat.writing import add, delete, edit, id_of, unheard

NUMBERED = {"add", "edit", "delete", "member", "setting", "passed"}


@pytest.fixture
def talk(room, alice, bob):
    """Ten numbers: six messages, of which the first was edited and the third deleted."""
    journal.write([add(room, (bob, alice)[number % 2], f"text {number}") for number in range(1, 7)])
    journal.write([edit(room, alice, id_of(room, 1), "edited"), delete(room, alice, id_of(room, 3))])
    rooms.set_receipts(room=room, by=bob, on=False)
    rooms.set_receipts(room=room, by=bob, on=True)


async def resumed(visitor: Visitor, since: int) -> tuple[list[dict], int]:
    """The frames of a resume, and the number that `synced` names."""
    await visitor.say(type="resume", since=since)
    *frames, synced = await visitor.hear_until("synced")
    assert list(synced) == ["type", "n"]
    return frames, synced["n"]


async def test_resume_from_nothing_brings_everything(house, talk, room, bob):
    visitor = await house.room(bob, room)

    frames, reached = await resumed(visitor, 0)

    assert numbers(frames) == [(1, 1), 2, (3, 3), 4, 5, 6, 7, 8, 9, 10]
    assert [frame["type"] for frame in frames] == [
        "passed", "add", "passed", "add", "add", "add", "add", "delete", "setting", "setting",
    ]  # fmt: skip
    assert (frames[6]["seq"], frames[6]["rev"], frames[6]["message"]) == (1, 2, "edited")
    assert "text 3" not in json.dumps(frames)
    assert reached == 10


@pytest.mark.parametrize(("since", "expected"), [(4, [5, 6, 7, 8, 9, 10]), (9, [10]), (10, [])])
async def test_resume_from_within_brings_the_rest(house, talk, room, bob, since, expected):
    visitor = await house.room(bob, room)

    frames, reached = await resumed(visitor, since)

    assert (numbers(frames), reached) == (expected, 10)


@pytest.mark.parametrize("since", [11, 1000, 2**53])
async def test_resume_from_beyond_the_head_is_led_back_and_live(house, talk, room, alice, bob, since):
    visitor, writer = await house.room(bob, room), await house.room(alice, room)

    assert await resumed(visitor, since) == ([], 10)
    await writer.add("next")

    assert (await visitor.hear())["n"] == 11


async def test_resume_from_beyond_the_head_while_another_runs_is_led_back(house, talk, room, alice, bob):
    visitor, writer = await house.room(bob, room), await house.room(alice, room)

    await visitor.say(type="resume", since=0)
    await visitor.say(type="resume", since=2**40)
    assert (await visitor.hear_until("synced"))[-1]["n"] == 10
    await writer.add("next")

    frames = await visitor.hear_until("add")
    assert frames[-1]["n"] == 11


async def test_resume_again_and_again_is_answered_each_time(house, talk, room, bob):
    visitor = await house.room(bob, room)

    for since in (0, 8, 0, 10, 3):
        frames, reached = await resumed(visitor, since)
        assert numbers(frames)[-1:] == ([10] if since < 10 else [])
        assert reached == 10


async def test_add_is_legal_without_a_resume(house, talk, room, bob):
    visitor = await house.room(bob, room)

    assert (await visitor.add("early"))["n"] == 11
    assert (await visitor.hear())["n"] == 11


async def test_live_frames_wait_behind_a_resume(layer, house, room, alice, bob):
    """Writers do not pause for it; every number comes once and in order, wherever the live ones fall in."""
    await aside(journal.write, [add(room, alice, f"before {number}") for number in range(180)])
    readers = [await house.room(bob, room) for _ in range(5)]
    writer = await house.room(alice, room)

    async def write() -> None:
        for number in range(60):
            await writer.say(type="add", cid=str(uuid.uuid4()), message=f"live {number}")
            if number % 10 == 0:
                await asyncio.sleep(0)

    async def read(visitor: Visitor) -> list:
        await visitor.say(type="resume", since=0)
        found: list = []
        while not found or found[-1] < 240:
            frame = await visitor.hear()
            if frame["type"] in NUMBERED:
                found.append(frame["n"])
        return found

    _, *read_by = await asyncio.gather(write(), *map(read, readers))

    for found in read_by:
        assert found == list(range(1, 241))


async def test_replay_over_several_pages_ends_in_the_rooms_state(house, room, alice, bob, monkeypatch):
    """Small pages and small windows: messages overtaken on one page come whole on another."""
    monkeypatch.setattr(following, "WINDOW_EVENTS", 8)
    storm = Storm(room, [alice, bob], seed=7)
    await aside(storm.blow, 250)
    visitor, copy = await house.room(alice, room), Copy()

    await visitor.say(type="resume", since=0)
    while (frame := await visitor.hear())["type"] != "synced":
        copy.apply(frame)
        await visitor.say(type="ack", n=copy.head)

    head = (await aside(lambda: type(room).objects.get(pk=room.pk))).head
    assert frame["n"] == copy.head == head
    assert copy.messages == await aside(stands, room)


async def test_lost_events_are_read_from_the_database(house, room, alice, bob):
    """The layer drops silently: here a whole batch never reaches the hub, and the next one shows the gap."""
    v2, seed = await house.room(bob, room), await house.room(bob, room, dialect=None)
    await aside(messages.post, room=room, by=alice, text="heard")
    for visitor in (v2, seed):
        assert (await visitor.hear())["message"] == "heard"

    await aside(unheard, journal.write, [add(room, alice, "lost 1"), edit(room, alice, id_of(room, 1), "lost 2")])
    await aside(messages.post, room=room, by=alice, text="heard again")

    told = [await v2.hear() for _ in range(3)]
    assert [(frame["type"], frame["n"], frame["message"]) for frame in told] == [
        ("add", 2, "lost 1"),
        ("edit", 3, "lost 2"),
        ("add", 4, "heard again"),
    ]
    assert [(await seed.hear())["message"] for _ in range(3)] == ["lost 1", "lost 2", "heard again"]
    assert await v2.silent(0.1)


async def test_heartbeat_mends_a_lost_last_message(house, room, alice, bob):
    v2, seed = await house.room(bob, room), await house.room(bob, room, dialect=None)
    await aside(unheard, journal.write, [add(room, alice, "lost"), edit(room, alice, id_of(room, 1), "edited")])
    assert await v2.silent(0.1)

    await hub().pulse._beat()

    frames = [await v2.hear() for _ in range(3)]
    assert frames.pop(next(i for i, frame in enumerate(frames) if frame["type"] == "heartbeat")) == {
        "type": "heartbeat",
        "head": 2,
    }
    assert [frame["type"] for frame in frames] == ["passed", "add"]
    assert (await seed.hear())["message"] == "edited"
    assert await seed.silent(0.1)


async def test_events_out_of_order_and_doubled_are_told_once_in_order(house, room, alice, bob):
    """Two processes commit in one order and publish in another; the layer doubles what it likes."""
    visitor = await house.room(bob, room)
    written = await aside(unheard, journal.write, [add(room, alice, f"text {number}") for number in range(1, 7)])
    events = [answer.event for answer in written]

    for order in ([0], [2, 1], [1, 2, 0], [5], [4, 3, 5], [0, 3]):
        hub().post([events[place] for place in order])

    assert [(await visitor.hear())["n"] for _ in range(6)] == [1, 2, 3, 4, 5, 6]
    assert await visitor.silent()
