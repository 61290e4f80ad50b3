#!/usr/bin/env python
"""`python bench/soak.py`: memory under 1 000 idle sockets and ten readers that stall for a minute.

Five of them speak digi.v2 and five the seed dialect; 200 messages of 2 000 characters come each second: 25 MB for each
of them in a minute, of which the kernel takes 4. Ends with 1 when a bound below is broken or a message is missing.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench import servers  # noqa: E402
from bench.clients import Client, Fleet  # noqa: E402
from bench.comparison import stop_after  # noqa: E402
from bench.crowd import Crowd  # noqa: E402
from bench.dialects import DigiSeed, DigiV2, reader  # noqa: E402
from bench.people import Person  # noqa: E402
from bench.servers import Server  # noqa: E402

RATE = 200  # messages a second
STALLED = 5  # of either dialect, of a room of 20
KIB_AN_IDLE_SOCKET = 40
MIB_OF_GROWTH = 64  # beyond the page caches, which are filled before; ten readers may make 25 MiB wait, and copies
MIB = 1024 * 1024
WORDS = b"we could meet at four in the lab " * 60
SMALL = 16_384  # bytes that the kernel keeps for a client, so that a stall reaches the server


class Room:
    """An author and others of one room, the last of whom will stall."""

    def __init__(
        self, server: Server, fleet: Fleet, v2: list[Person], seed: list[Person], *, since: int | None = None
    ) -> None:
        self.server, self.fleet = server, fleet
        self.v2, old = DigiV2(WORDS), DigiSeed(WORDS)
        self.said = 0
        self.heard: dict[Client, int] = {}
        port, told = server.port, self._told
        self.new = [self.v2.enter(fleet, one, port=port, told=told, since=since, receive_buffer=SMALL) for one in v2]
        self.old = [old.enter(fleet, one, port=port, told=told, receive_buffer=SMALL) for one in seed]
        self.fleet.serve_until(lambda: all(map(self.v2.ready, self.new)), seconds=120, what="the room")

    def talk(self, seconds: float, rate: int = RATE) -> int:
        """The author speaks, `rate` messages a second; returns the most memory the server held, in bytes."""
        start, most = time.monotonic(), 0
        for step in range(int(seconds * rate)):
            self.fleet.serve(start + step / rate)
            self.new[0].send(self.v2.add(self.said))
            self.said += 1
            if step % rate == 0:
                most = max(most, self.server.resident())
        return max(most, self.server.resident())

    def complete(self, clients: list[Client]) -> bool:
        """Whether these have everything that was said."""
        return all(self.heard.get(client, 0) == self.said for client in clients)

    def settle(self, clients: list[Client]) -> bool:
        """Wait for what is on its way to these clients; returns whether it came."""
        end = time.monotonic() + 10
        while not self.complete(clients) and time.monotonic() < end:
            self.fleet.serve(time.monotonic() + 0.05)
        return self.complete(clients)

    def catch_up(self) -> tuple[int, int]:
        """The stalled read again. Returns how many sockets of either dialect the server had closed meanwhile.

        digi.v2 must end with everything, on a new socket if need be; a closed seed client has nothing to ask with.
        """
        for client in self.stalling:
            self.fleet.resume(client)
        self.fleet.serve(time.monotonic() + 5)
        late = [client for client in self.new if client.close_code is not None]
        again = [client for client in self.new if client.close_code is None] + [self._back(client) for client in late]
        again += [client for client in self.old if client.close_code is None]
        self.fleet.serve_until(lambda: self.complete(again), seconds=60, what="the stalled readers to have everything")
        return len(late), sum(client.close_code is not None for client in self.old)

    def leave(self) -> None:
        """Everybody of this room hangs up."""
        for client in list(self.heard):
            if client.close_code is None:
                self.fleet.drop(client)

    @property
    def stalling(self) -> list[Client]:
        return [*self.new[-STALLED:], *self.old]

    def _told(self, client: Client, number: int) -> None:
        self.heard[client] = self.heard.get(client, 0) + (number == self.heard.get(client, 0))  # the next, once

    def _back(self, client: Client) -> Client:
        port, since = self.server.port, reader(client).n
        again = self.v2.enter(self.fleet, client.person, port=port, told=self._told, since=since)
        self.heard[again] = self.heard[client]
        return again


def main() -> int:
    """Run the soak against Digi; prints every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=1000, help="idle signed-in sockets")
    parser.add_argument("--stalls", type=int, default=1, help="how often; memory must not grow each time")
    parser.add_argument("--stall", type=float, default=60, help="seconds without reading")
    options = parser.parse_args()
    stop_after(int(180 + options.stalls * (60 + options.stall)))
    with tempfile.TemporaryDirectory(prefix="digi-soak-") as folder:
        contender = servers.digi(Path(folder))
        contender.prepare()
        idle, room = contender.people(options.idle), contender.people(20, room=True)
        with contender.running() as server:
            return _soak(server, idle, room, options)


def _warm_up(server: Server, people: list[Person]) -> None:
    """Write and read more than SQLite's page caches hold, so that what grows later is not them."""
    writing = Room(server, Fleet(), people[:2], [])
    writing.talk(20, rate=1000)
    writing.settle(writing.new)
    writing.fleet.close()
    reading = Room(server, Fleet(), people[:4], [], since=0)
    reading.fleet.close()
    time.sleep(1)


@dataclass
class Stall:
    """What became of one stall."""

    most: int  # bytes of memory, at most
    cpu: float  # share of a core
    whole: bool  # whether the attentive readers got everything
    closed: tuple[int, int]  # sockets the server closed, of either dialect


def _stall(server: Server, fleet: Fleet, people: list[Person], seconds: float) -> Stall:
    """A room where some stop reading, and read again or come back in the end."""
    room = Room(server, fleet, people[:-STALLED], people[-STALLED:])
    room.talk(5)
    room.settle([*room.new, *room.old])
    for client in room.stalling:
        fleet.rest(client)
    cpu = server.cpu()
    most = room.talk(seconds)
    cpu = server.cpu() - cpu
    whole = room.settle(room.new[:-STALLED])
    closed = room.catch_up()
    most = max(most, server.resident())
    room.leave()
    return Stall(most, cpu / seconds, whole, closed)


def _soak(server: Server, idle: list[Person], people: list[Person], options: argparse.Namespace) -> int:
    _warm_up(server, people)
    warm = server.resident()
    crowd = Crowd(server, idle)
    crowd.fleet.serve(time.monotonic() + 3)
    before = server.resident()
    each = (before - warm) / 1024 / len(idle)
    print(f"memory, warm                          {warm / MIB:7.1f} MiB")
    print(f"memory with {len(idle):5} idle sockets       {before / MIB:7.1f} MiB: {each:.1f} KiB each", flush=True)

    most, good = before, each <= KIB_AN_IDLE_SOCKET
    for number in range(options.stalls):
        stall = _stall(server, crowd.fleet, people, options.stall)  # one loop serves all: the idle answer pings
        most, good = max(most, stall.most), good and stall.whole
        print(f"memory in stall {number + 1} of {options.stall:3.0f} s, at most    {stall.most / MIB:7.1f} MiB")
        print(f"  server CPU {stall.cpu:.0%} of a core; attentive readers have everything: {stall.whole}")
        print(f"  of {STALLED} stalled each, closed: digi.v2 {stall.closed[0]}, seed {stall.closed[1]}", flush=True)
    dead = sum(client.close_code is not None for client in crowd.clients)
    crowd.close()
    time.sleep(3)

    after, growth = server.resident(), (most - before) / MIB
    print(f"memory after everybody has left       {after / MIB:7.1f} MiB; idle sockets that were closed: {dead}")
    print(f"growth from the stalls                {growth:7.1f} MiB")
    good = good and not dead and growth <= MIB_OF_GROWTH
    bounds = f"{KIB_AN_IDLE_SOCKET} KiB an idle socket, {MIB_OF_GROWTH} MiB of growth"
    print(f"bounds ({bounds}): {'kept' if good else 'BROKEN'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
