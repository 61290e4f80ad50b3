"""Several people who write, edit and delete while something goes wrong, and the account of it afterwards."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from chat.models import Change, Room
from chat.services import chain
from tests.chaos import results
from tests.chaos.client import Client
from tests.chaos.results import Result, scaled
from tests.chat.sockets import aside
from tests.chat.storms import stands
from tests.servers import DaphneServer

RATE = scaled(5, 10)  # changes a second of each client
USUAL = scaled(10, 2)  # seconds: what takes longer without a fault is late; generous, for machines that do other work
RECOVERY = 3.0  # seconds after a fault in which clients come back
WORKER_GROWTH = 40  # MiB that one server process may be larger after a fault than before


@dataclass(eq=False)
class Member:
    """A client in a room."""

    client: Client
    room: Room


class Crowd:
    """Clients of `servers`, each in one room. `load()` lets them write, `check()` compares all that there is."""

    def __init__(self, servers: list[DaphneServer], members: list[Member], *, rate: float = RATE) -> None:
        self.servers = servers
        self.members = members
        self.clients = [member.client for member in members]
        self.quiet: set[Client] = set()  # who only listens
        self.notes: list[str] = []
        self._rate = rate
        self._dice = random.Random(len(members))
        self._faults: list[tuple[float, float]] = []
        self._number = 0
        self._memory: list[float] = []
        self._enough = False

    async def all_live(self, seconds: float = 40) -> None:
        async with asyncio.timeout(seconds):
            for client in self.clients:
                await client.until(lambda one: one.live.is_set(), seconds)

    @asynccontextmanager
    async def load(self) -> AsyncIterator[None]:
        """Everybody writes, from a while before the body until a while after it."""
        await self.all_live()
        self._began = asyncio.get_running_loop().time()
        self._enough = False
        async with asyncio.TaskGroup() as group:
            for client in self.clients:
                if client not in self.quiet:
                    group.create_task(self._write(client))
            watch = group.create_task(self._watch())
            try:
                await asyncio.sleep(scaled(1.5, 4))
                self._memory.append(self._megabytes())
                yield
                await asyncio.sleep(scaled(1, 4))
            finally:
                self._enough = True
                watch.cancel()

    @contextmanager
    def fault(self) -> Iterator[None]:
        """The time in which things may take longer."""
        begin = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            self._faults.append((begin, asyncio.get_running_loop().time()))

    async def settle(self, seconds: float = 30) -> None:
        """Wait until everything is answered and has come to everybody."""
        for client in self.clients:
            await client.until(lambda one: not one.outbox, seconds)
        for room, members in self._rooms():
            head = await aside(_head, room)
            for member in members:
                await member.client.until(lambda one: one.copy.head >= head, seconds)  # noqa: B023 - awaited here

    async def check(self, case: str) -> Result:
        """The promises of docs/reliability.md; what was seen."""
        await self.settle()
        delays: list[tuple[float, float]] = []
        for room, members in self._rooms():
            delays += await self._check_room(room, members)
        took, late = sorted(delay for delay, _ in delays), max(late for _, late in delays)
        assert late < USUAL, f"something came {late:.1f} s after it was due"
        before, after = self._memory[0], await self._memory_back()
        result = Result(
            case=case,
            seconds=asyncio.get_running_loop().time() - self._began,
            changes=sum(len(client.posted) for client in self.clients),
            resent=sum(answer["duplicate"] for client in self.clients for answer in client.answers.values()),
            put_off=sum(len(client.put_off) for client in self.clients),
            most=took[len(took) * 99 // 100],
            longest=took[-1],
            late=late,
            memory=(before, max(self._memory), after),
            notes=[*self.notes, *self._closed()],
        )
        results.keep(result)
        return result

    async def _check_room(self, room: Room, members: list[Member]) -> list[tuple[float, float]]:
        there, head, broken, numbers = await aside(_facts, room)
        assert broken is None, f"the chain of {room} breaks at {broken}"
        posted = Counter(cid for member in members for cid in member.client.posted)
        assert Counter(cid for cid, _ in numbers) == posted, "stored is what was written, each once"

        number_of = dict(numbers)
        for member in members:
            client = member.client
            assert client.strange == []
            assert client.twice == 0
            assert client.copy.head == head  # it applies numbers one by one, so none is missing
            assert client.copy.messages == there
            assert {cid: answer["n"] for cid, answer in client.answers.items()} == {
                cid: number_of[cid] for cid in client.posted
            }
            if not client.put_off:
                written = [number_of[cid] for cid in client.posted]
                assert written == sorted(written), "a client's changes stand in the order it made them"
        return [
            self._delay(moment, reader.client.seen[number_of[cid]])
            for writer in members
            for cid, moment in writer.client.posted.items()
            for reader in members
        ]

    def _delay(self, posted: float, seen: float) -> tuple[float, float]:
        """How long it took, and how much of that no fault excuses."""
        due = posted
        for begin, end in self._faults:
            if due <= end + RECOVERY and seen >= begin:
                due = max(due, end + RECOVERY)
        return seen - posted, max(0.0, seen - due)

    async def _memory_back(self) -> float:
        allowed = self._memory[0] + WORKER_GROWTH * sum(len(server.processes()) for server in self.servers)
        deadline = asyncio.get_running_loop().time() + 30
        while (now := self._megabytes()) > allowed:
            assert asyncio.get_running_loop().time() < deadline, f"{now:.0f} MiB are held, {allowed:.0f} are allowed"
            await asyncio.sleep(0.2)
        return now

    async def _write(self, client: Client) -> None:
        while not self._enough:
            await asyncio.sleep(self._dice.expovariate(self._rate))
            chance, own = self._dice.random(), client.changeable()
            self._number += 1
            if own and chance < 0.2:
                client.edit(self._dice.choice(own), f"text {self._number}, changed")
            elif own and chance < 0.3:
                client.delete(self._dice.choice(own))
            else:
                client.post(f"text {self._number}")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self._memory.append(self._megabytes())

    def _megabytes(self) -> float:
        return sum(server.memory() for server in self.servers)

    def _rooms(self) -> list[tuple[Room, list[Member]]]:
        rooms = {member.room.pk: member.room for member in self.members}
        return [(room, [one for one in self.members if one.room.pk == pk]) for pk, room in rooms.items()]

    def _closed(self) -> list[str]:
        closes = Counter(code for client in self.clients for code in client.closes)
        return [f"{count} × {code}" for code, count in sorted(closes.items())]


def _head(room: Room) -> int:
    return Room.objects.get(pk=room.pk).head


def _facts(room: Room) -> tuple[dict, int, int | None, list[tuple[str, int]]]:
    """The messages, the head, where the chain breaks, and (cid, n) of everything somebody wrote."""
    changes = Change.objects.filter(room=room).exclude(seq=None)
    numbers = [(str(cid), n) for cid, n in changes.order_by("n").values_list("cid", "n")]
    return stands(room), _head(room), chain.verify(room), numbers
