"""A channel layer at its worst: it loses three batches in ten, doubles, and reorders the rest."""

import asyncio
import random

import pytest

from chat.services import chain
from digi.realtime import outbox
from digi.realtime.hub import hub
from tests.chat.conftest import charlie, cookies, house  # noqa: F401 - the in-process house and who lives there
from tests.chat.sockets import aside
from tests.chat.storms import Copy, Storm, stands


class BadLayer:
    """Takes the events of "another process" to the hub, as badly as a layer is allowed to."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._late: list[list] = []
        self.lost = 0

    def deliver(self, events: list) -> None:
        chance = self._dice.random()
        if chance < 0.3:
            self.lost += 1
            return
        if chance < 0.45:
            self._late.append(events)
            return
        self._receive(events)
        if chance > 0.85:
            self._receive(events)
        if self._late and chance > 0.6:
            self._receive(self._late.pop(self._dice.randrange(len(self._late))))

    def _receive(self, events: list) -> None:
        loop = hub().loop
        loop.call_later(self._dice.random() * 0.02, hub()._receive, events)


def blow(storm: Storm) -> list:
    """One gust of the storm in another process; what it would have published."""
    with outbox.collected() as events:
        storm.blow(4)
    return list(events)


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_clients_log_equals_the_database(house, room, alice, bob, seed):  # noqa: F811
    storm, layer = Storm(room, [alice, bob], seed, leaving=False), BadLayer(seed)
    visitors = [await house.room(alice, room) for _ in range(3)]
    seed_client = await house.room(alice, room, dialect=None)
    copies = [Copy() for _ in visitors]

    async def follow(visitor, copy: Copy) -> None:
        async for frame in numbered(visitor):
            copy.apply(frame)  # the next number, each time, or it fails
            if copy.head % 20 == 0:
                await visitor.say(type="ack", n=copy.head)

    readers = [asyncio.create_task(follow(*pair)) for pair in zip(visitors, copies, strict=True)]
    for _ in range(80):
        layer.deliver(await aside(blow, storm))
    await asyncio.sleep(0.1)
    await hub().pulse._beat()
    head = (await aside(type(room).objects.get, pk=room.pk)).head
    async with asyncio.timeout(30):
        while any(copy.head < head for copy in copies):
            await asyncio.sleep(0.02)

    for reader in readers:
        assert not reader.done() or reader.result() is None
        reader.cancel()
    there = await aside(stands, room)
    assert layer.lost > 15
    assert [copy.messages for copy in copies] == [there] * 3
    assert await aside(chain.verify, room) is None
    whole = {message_id: message[3] for message_id, message in there.items() if message[3] is not None}
    assert await seed_log(seed_client, whole) == whole


async def numbered(visitor):
    while True:
        try:
            frame = await visitor.hear(timeout=30)
        except TimeoutError:
            return
        if "n" in frame or frame["type"] == "passed":
            yield frame


async def seed_log(visitor, whole: dict[str, str]) -> dict[str, str]:
    """The room as a seed client knows it: adds, edits and deletes by message id, until it is whole and silent."""
    known: dict[str, str] = {}
    while True:
        try:
            frame = await visitor.hear(timeout=0.5 if known == whole else 20)
        except TimeoutError:
            return known
        match frame.get("type"):
            case None:
                assert frame["message_id"] not in known
                known[frame["message_id"]] = frame["message"]
            case "edit":
                assert frame["message_id"] in known
                known[frame["message_id"]] = frame["message"]
            case "delete":
                known.pop(frame["message_id"], None)
