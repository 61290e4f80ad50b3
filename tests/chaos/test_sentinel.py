"""Two servers on the primary that Sentinels name: it is killed or frozen, and its replica takes its place."""

import asyncio
import os
import signal
from contextlib import contextmanager
from datetime import datetime

import pytest
from huey.storage import RedisStorage

from digi.realtime.cache import PatientRedisCache
from digi.realtime.connections import shared_client
from digi.worker.queue import OnClient
from tests.chaos.results import LONG, scaled
from tests.chat.sockets import aside
from tests.redises import Node, Watched, heard_at, until


@pytest.fixture(scope="module")
def watched():
    group = Watched(password="s3cret/@:", sentinel_password="0ther")
    yield group.start()
    group.stop()


@contextmanager
def killed(node: Node):
    """It is gone, and comes back: as a replica, since the Sentinels tell it so."""
    node.kill()
    try:
        yield
    finally:
        node.start()


@contextmanager
def frozen(node: Node):
    """It keeps its connections and answers nobody."""
    os.kill(node.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(node.pid, signal.SIGCONT)


WHOLE = ({"two": "zwei", "three": [3]}, 5, b"a task", [b"a later one"])


def helpers(url: str) -> tuple[PatientRedisCache, RedisStorage]:
    """A cache, and a queue of the worker's kind."""
    patience = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return PatientRedisCache(url, {"OPTIONS": patience}), OnClient(
        "test", connection_pool=shared_client(url, **patience)
    )


def carried(cache: PatientRedisCache, queue: RedisStorage) -> tuple:
    """What cache and worker's queue bring back of what they are given: `WHOLE`."""
    now = datetime.now()  # noqa: DTZ005 - as huey counts
    cache.set_many({"one": 1, "two": "zwei", "three": [3]}, 60)
    cache.delete_many(["one"])
    cache.add("four", 4)
    queue.enqueue(b"a task")
    queue.add_to_schedule(b"a later one", now)
    kept = cache.get_many(["one", "two", "three"]), cache.incr("four")
    cache.delete_many(["two", "three", "four"])
    return *kept, queue.dequeue(), queue.read_schedule(now)


@pytest.mark.timeout(300)
async def test_primary_that_goes_is_replaced_and_costs_no_message(watched, start_unhurried, crowd):
    servers = [start_unhurried(redis_url=watched.url) for _ in range(2)]
    cache, queue = helpers(watched.url)
    assert await aside(carried, cache, queue) == WHOLE
    people = crowd(*servers)
    first = people.members[0].room
    people.quiet = {one.client for one in people.members[1::2] if one.room == first}  # all of it at the other server

    primary, replica = watched.primary, watched.replica
    async with people.load():
        for away in (killed, frozen) if LONG else (killed,):
            with away(primary):
                with people.fault():
                    await aside(until, lambda: all(watched.primary_is(replica, one) for one in watched.sentinels))  # noqa: B023
                await aside(until, lambda: heard_at([replica]) == 2)  # noqa: B023 - both servers have come
                await asyncio.sleep(scaled(1, 8))
                await aside(until, lambda: carried(cache, queue) == WHOLE)  # after a timeout the cache rests
            primary, replica = replica, primary
            if LONG:
                await aside(until, lambda: watched.replicates(replica), 60)  # noqa: B023
                await asyncio.sleep(3)

    result = await people.check("the primary of three Sentinels killed" + scaled("", ", then its successor frozen"))
    assert result.longest < 4
    for one in people.clients:
        assert one.closes == []
        assert one.put_off == []
    assert all("Traceback" not in server.output() for server in servers)
