#!/usr/bin/env python
"""`make soak`: 5 000 signed-in sockets on one process for ten minutes, while a few of their people write.

Every ten seconds a line: memory and CPU of the server, by the system's accounting, and how late messages came. Ends
with 1 when memory or CPU of the last minute are more than 5 % above the first's, or anything was lost.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench import servers  # noqa: E402
from bench.comparison import stop_after  # noqa: E402
from bench.crowd import Crowd  # noqa: E402
from bench.servers import Server  # noqa: E402

MIB = 1024 * 1024
STEP = 10.0  # seconds between two looks
GROWTH = 0.05
BREATH = 0.01  # of a core: what may be more whatever it is in per cent


@dataclass
class Look:
    """Ten seconds."""

    memory: float  # MiB, at their end
    cpu: float  # share of a core
    p50: float  # milliseconds from the moment a message was due
    p99: float
    lost: int


def main() -> int:
    """Hold the sockets; prints every look, and what the first and the last minute came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=600, help="after a warm-up of half a minute")
    parser.add_argument("--rate", type=float, default=20, help="messages a second, of 100 of the people")
    options = parser.parse_args()
    stop_after(options.seconds + 400)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2 * options.sockets)), hard))  # the server's, too
    with tempfile.TemporaryDirectory(prefix="digi-holding-") as folder:
        contender = servers.digi(Path(folder))
        contender.prepare()
        people = contender.people(options.sockets)
        with contender.running() as server:
            bare = server.resident() / MIB
            crowd = Crowd(server, people)
            print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load average {os.getloadavg()[0]:.1f}")
            print(
                f"{options.sockets} sockets are open: {server.resident() / MIB:.1f} MiB, {bare:.1f} before", flush=True
            )
            for _ in _looks(server, crowd, 30, options.rate):
                pass
            looks = []
            for look in _looks(server, crowd, options.seconds, options.rate):
                looks.append(look)
                print(
                    f"{len(looks) * STEP:5.0f} s  {look.memory:7.1f} MiB  {look.cpu:6.1%} of a core"
                    f"  p50 {look.p50:5.1f} ms  p99 {look.p99:6.1f} ms  lost {look.lost}",
                    flush=True,
                )
            dead = sum(client.close_code is not None for client in crowd.clients)
            crowd.close()
    return _judge(looks, dead)


def _looks(server: Server, crowd: Crowd, seconds: int, rate: float) -> Iterator[Look]:
    authors = list(range(0, len(crowd.clients), max(2, len(crowd.clients) // 100)))
    for _ in range(int(seconds / STEP)):
        cpu, began = server.cpu(), time.monotonic()
        run = crowd.on_timetable(authors, rate=rate, seconds=STEP)
        crowd.fleet.serve(began + STEP)
        share = (server.cpu() - cpu) / (time.monotonic() - began)
        yield Look(server.resident() / MIB, share, run.latency(0.5), run.latency(0.99), run.lost + run.disordered)


def _judge(looks: list[Look], dead: int) -> int:
    minute = max(1, min(int(60 / STEP), len(looks) // 2))
    first, last = looks[:minute], looks[-minute:]
    memory = [median(look.memory for look in part) for part in (first, last)]
    cpu = [mean(look.cpu for look in part) for part in (first, last)]  # not every look has a heartbeat in it
    lost = sum(look.lost for look in looks)
    print(
        f"memory, medians of the first and the last minute: {memory[0]:.1f} and {memory[1]:.1f} MiB: {_grown(memory)}"
    )
    print(f"CPU, likewise: {cpu[0]:.2%} and {cpu[1]:.2%} of a core: {_grown(cpu)}")
    print(f"messages lost or out of order: {lost}; sockets closed: {dead}")
    flat = memory[1] <= memory[0] * (1 + GROWTH) and cpu[1] <= max(cpu[0] * (1 + GROWTH), cpu[0] + BREATH)
    print("flat" if flat and not lost and not dead else "NOT flat")
    return int(not (flat and not lost and not dead))


def _grown(pair: list[float]) -> str:
    return f"{pair[1] / pair[0] - 1:+.1%}"


if __name__ == "__main__":
    sys.exit(main())
