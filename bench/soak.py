#!/usr/bin/env python
"""`python bench/soak.py`: memory under 1 000 idle sockets and ten readers that stall for a minute.

Five of them speak digi.v2 and five the seed dialect; 200 messages of 1 000 characters come each second. Unbounded
buffers would take 140 MB. Ends with 1 when memory grew by more than the bounds below, or a message is missing.
"""

import argparse
import sys
import tempfile
import time
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
KIB_AN_IDLE_SOCKET = 40
MIB_WHILE_STALLED = 40  # of which SQLite's page cache may take 32, filled by whatever is written
MIB = 1024 * 1024
WORDS = b"we could meet at four in the lab " * 30


class Room:
    """One author, nine who read and ten who will stall."""

    def __init__(self, server: Server, people: list[Person]) -> None:
        self.server, self.fleet = server, Fleet()
        self.v2, seed = DigiV2(WORDS), DigiSeed(WORDS)
        self.said = 0
        self.heard: dict[Client, int] = {}
        enter = [self.v2.enter] * 15 + [seed.enter] * 5
        self.clients = [
            one(self.fleet, person, port=server.port, told=self._told)
            for one, person in zip(enter, people, strict=True)
        ]
        self.attentive, self.stalling = self.clients[:10], self.clients[10:]
        self.fleet.serve_until(lambda: all(map(self.v2.ready, self.clients[:15])), seconds=30, what="the room")

    def talk(self, seconds: float) -> int:
        """The author speaks at the set rate; returns the most memory the server held, in bytes."""
        start, most = time.monotonic(), 0
        for step in range(int(seconds * RATE)):
            self.fleet.serve(start + step / RATE)
            self.clients[0].send(self.v2.add(self.said))
            self.said += 1
            if step % RATE == 0:
                most = max(most, self.server.resident())
        return max(most, self.server.resident())

    def complete(self, clients: list[Client]) -> bool:
        """Whether these have everything that was said."""
        return all(self.heard.get(client, 0) == self.said for client in clients)

    def _told(self, client: Client, number: int) -> None:
        self.heard[client] = self.heard.get(client, 0) + (number == self.heard.get(client, 0))

    def catch_up(self) -> tuple[int, int]:
        """The stalled read again. Returns how many sockets of either dialect the server had closed meanwhile.

        digi.v2 must end with everything, on a new socket if need be; a closed seed client has nothing to ask with.
        """
        for client in self.stalling:
            self.fleet.resume(client)
        self.fleet.serve(time.monotonic() + 5)
        v2, seed = self.stalling[:5], self.stalling[5:]
        late = [client for client in v2 if client.close_code is not None]
        again = [client for client in v2 if client.close_code is None] + [self._back(client) for client in late]
        again += [client for client in seed if client.close_code is None]
        self.fleet.serve_until(lambda: self.complete(again), seconds=30, what="the stalled readers to have everything")
        return len(late), sum(client.close_code is not None for client in seed)

    def _back(self, client: Client) -> Client:
        port, since = self.server.port, reader(client).n
        again = self.v2.enter(self.fleet, client.person, port=port, told=self._told, since=since)
        self.heard[again] = self.heard[client]
        return again


def main() -> int:
    """Run the soak against Digi; prints every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=1000, help="idle signed-in sockets")
    parser.add_argument("--stall", type=float, default=60, help="seconds without reading")
    options = parser.parse_args()
    stop_after(int(180 + options.stall))
    with tempfile.TemporaryDirectory(prefix="digi-soak-") as folder:
        contender = servers.digi(Path(folder))
        contender.prepare()
        idle, room = contender.people(options.idle), contender.people(20, room=True)
        with contender.running() as server:
            return _soak(server, idle, room, options.stall)


def _soak(server: Server, idle: list[Person], room: list[Person], stall: float) -> int:
    warm = Room(server, room)
    warm.talk(10)
    warm.fleet.close()
    time.sleep(1)
    fresh = server.resident()

    crowd = Crowd(server, idle)
    crowd.fleet.serve(time.monotonic() + 3)
    connected = server.resident()
    talking = Room(server, room)
    talking.talk(5)
    before = server.resident()

    for client in talking.stalling:
        talking.fleet.rest(client)
    cpu = server.cpu()
    most = talking.talk(stall)
    cpu = server.cpu() - cpu
    attentive = talking.complete(talking.attentive)
    late, dropped = talking.catch_up()
    dead = sum(client.close_code is not None for client in crowd.clients)
    crowd.close()
    talking.fleet.close()
    time.sleep(3)
    after = server.resident()

    each, growth = (connected - fresh) / 1024 / len(idle), (most - before) / MIB
    print(f"memory of the server, warm          {fresh / MIB:8.1f} MiB")
    print(f"with {len(idle):5} idle sockets           {connected / MIB:8.1f} MiB, {each:.1f} KiB each")
    print(f"before the stall                    {before / MIB:8.1f} MiB")
    print(f"most during {stall:3.0f} s of stall          {most / MIB:8.1f} MiB, {growth:+.1f} MiB")
    print(f"after everybody has left            {after / MIB:8.1f} MiB")
    print(f"CPU during the stall                {100 * cpu / stall:8.1f} % of a core at {RATE} messages a second")
    print(f"stalled sockets the server closed   {late} of 5 digi.v2, {dropped} of 5 seed; idle ones {dead}")
    print(f"attentive readers have everything   {'yes' if attentive else 'NO'}; stalled ones, in the end, too")
    holds = each <= KIB_AN_IDLE_SOCKET and growth <= MIB_WHILE_STALLED and attentive and not dead
    bounds = f"{KIB_AN_IDLE_SOCKET} KiB an idle socket, {MIB_WHILE_STALLED} MiB of growth"
    print(f"bounds ({bounds}): {'kept' if holds else 'BROKEN'}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
