"""What is done to the hosts under load, and what is asked of them afterwards."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from digi.worker import queue
from digi.worker.services import jobs
from tests.chaos import crowd
from tests.chat.sockets import aside
from tests.digi.worker.tasks import note
from tests.environment import DIRECTORY
from tests.machines.network import Network
from tests.machines.people import People
from tests.machines.servers import Digi, Worker
from tests.redises import Node, RedisCluster, Store, Watched, heard_at, until

AWAY = 20.0  # seconds
AFTERWARDS = 10.0  # seconds of load after the fault
HOSTS = ("one", "two")
STORES = ("left", "middle", "right")
PATIENCE = 5000  # milliseconds until Sentinels and nodes give one of them up; Redis' own default is 30 and 15 seconds

crowd.RECOVERY = 0.0  # what comes after a fault is measured from its end
crowd.USUAL = 30.0  # seconds: the next heartbeat at the latest


@dataclass
class Ground:
    """The hosts and what all cases share."""

    network: Network
    people: People
    database_url: str


@dataclass
class Installation:
    """Digi at both hosts on one kind of Redis, whose servers are `nodes`."""

    ground: Ground
    redis_url: str
    nodes: list[Node]

    def start(self) -> None:
        where = {"redis_url": self.redis_url, "database_url": self.ground.database_url}
        self.servers = [Digi(self.ground.network, host, **where) for host in HOSTS]
        self.workers = [Worker(self.ground.network, host, **where) for host in HOSTS]
        for process in (*self.servers, *self.workers):
            process.start()
        settings.DIGI_REDIS_URL = self.redis_url
        queue.huey.cache_clear()
        queue._wake_up.cache_clear()
        until(lambda: self.heard() == 2 * len(HOSTS))

    def stop(self) -> None:
        for process in (*self.servers, *self.workers):
            process.stop()

    def heard(self) -> int:
        """How many server processes hear events, as the nodes that answer say."""
        return sum(heard_at([node]) for node in self.nodes if node.answers())


async def play(ground: Ground, wanted: str) -> None:
    """All cases, or those with the word `wanted` in their names."""
    for start in (_on_one, _on_sentinels, _on_cluster):
        await start(ground, lambda name: wanted in name)


async def _on_one(ground: Ground, plays: Callable[[str], bool]) -> None:
    network = ground.network
    cases = {
        "one Redis: nothing is done": (lambda: None, lambda: None),
        "one Redis: a host of two is cut off": _cut(network, "one"),
        "one Redis: the host of Redis is cut off": _cut(network, "store"),
        "one Redis: the host of PostgreSQL is cut off": _cut(network, "database"),
        "one Redis: the line of a host loses a packet in ten, both ways": (
            lambda: network.lose("one", 0.1),
            lambda: network.lose("one", 0),
        ),
    }
    store = Store(host=network.address("store"), within=network.within("store"), port=6379)
    await _all(ground, cases, plays, store, [store])


async def _on_sentinels(ground: Ground, plays: Callable[[str], bool]) -> None:
    cases = {
        "three Sentinels: the primary's host is cut off": _cut(ground.network, STORES[0]),
        "three Sentinels: a host of two is cut off": _cut(ground.network, "one"),
    }
    group = Watched(_places(ground.network), down_after=PATIENCE)
    await _all(ground, cases, plays, group, [group.primary, group.replica])


async def _on_cluster(ground: Ground, plays: Callable[[str], bool]) -> None:
    cases = {
        "a cluster on three hosts: one of them is cut off": _cut(ground.network, STORES[0]),
        "a cluster on three hosts: a host of two is cut off": _cut(ground.network, "one"),
    }
    group = RedisCluster(_places(ground.network), patience=PATIENCE)
    await _all(ground, cases, plays, group, group.processes)


async def _all(ground: Ground, cases: dict, plays: Callable[[str], bool], redis, nodes: list[Node]) -> None:
    chosen = {name: fault for name, fault in cases.items() if plays(name)}
    if not chosen:
        return
    await aside(redis.start)
    made = Installation(ground, redis.url, nodes)
    try:
        await aside(made.start)
        for name, (begin, end) in chosen.items():
            await _case(made, name, begin, end)
    finally:
        await aside(made.stop)
        await aside(redis.stop)


async def _case(made: Installation, name: str, begin: Callable[[], None], end: Callable[[], None]) -> None:
    places = await aside(made.ground.people.places, name)
    crowd_ = made.ground.people.gather(made.servers, places)
    try:
        async with crowd_.load():
            with crowd_.fault():
                await asyncio.to_thread(begin)
                await asyncio.sleep(AWAY)
                await asyncio.to_thread(end)
            mended = time.monotonic()
            took = asyncio.create_task(aside(_job, name))
            hears = asyncio.create_task(asyncio.to_thread(_time, lambda: made.heard() == 2 * len(HOSTS), mended))
            await asyncio.sleep(AFTERWARDS)
        crowd_.notes.append(f"all hear by Redis after {await hears:.1f} s; a job was done after {await took:.1f} s")
        await crowd_.check(name)
    finally:
        for client in crowd_.clients:
            await client.stop()
    print(f"{name}: whole", flush=True)


def _job(name: str) -> float:
    """Ask the workers for something; the seconds until it is done."""
    began = time.monotonic()
    path = DIRECTORY / f"job-{time.monotonic_ns()}"
    jobs.later(note, path=str(path), text=name)
    return _time(path.exists, began)


def _time(holds: Callable[[], bool], began: float) -> float:
    until(holds, seconds=90)
    return time.monotonic() - began


def _cut(network: Network, host: str) -> tuple[Callable[[], None], Callable[[], None]]:
    return lambda: network.cut(host), lambda: network.mend(host)


def _places(network: Network) -> list[dict]:
    return [{"host": network.address(name), "within": network.within(name), "port": 6379} for name in STORES]
