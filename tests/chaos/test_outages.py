"""Redis forgets everything, stops answering, and is gone, one after the other, under load."""

import asyncio
import os
import signal
import socket
from contextlib import contextmanager

import pytest

from tests.chaos.results import scaled
from tests.servers import RedisServer

OUTAGE = scaled(3, 20)  # seconds


@pytest.fixture
def redis():
    with RedisServer() as server:
        yield server


def flush(redis: RedisServer) -> None:
    with socket.create_connection(("127.0.0.1", redis.port), 5) as link:
        link.sendall(b"FLUSHALL\r\n")
        assert link.recv(16).startswith(b"+OK")


@contextmanager
def frozen(redis: RedisServer):
    """It takes connections and answers nobody."""
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(redis.pid, signal.SIGCONT)


@contextmanager
def stopped(redis: RedisServer):
    """It is ended in order, and comes back with an empty memory."""
    redis.stop()
    yield
    redis.start()


@pytest.mark.timeout(300)
async def test_redis_that_forgets_freezes_and_stops_costs_no_message(start_unhurried, redis, crowd):
    servers = [start_unhurried(redis_url=redis.url) for _ in range(2)]
    people = crowd(*servers)
    first = people.members[0].room
    people.quiet = {one.client for one in people.members[1::2] if one.room == first}  # all of it at the other server

    async with people.load():
        flush(redis)
        await asyncio.sleep(scaled(1, 5))
        for away in (frozen, stopped):
            with people.fault(), away(redis):
                await asyncio.sleep(OUTAGE)
            await asyncio.sleep(scaled(3.5, 8))

    result = await people.check(f"Redis flushed, frozen for {OUTAGE} s, stopped for {OUTAGE} s and empty")
    assert result.longest < scaled(8, 3)  # a server that misses Redis asks the database each second
    for client in people.clients:
        assert client.closes == []
        assert client.put_off == []
    for server in servers:
        assert "Traceback" not in server.output()
