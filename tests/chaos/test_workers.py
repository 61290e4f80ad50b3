"""Two workers under load: one is killed, each is restarted in turn, all are replaced at SIGHUP."""

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest

from tests.chaos.results import scaled
from tests.client import ask
from tests.servers import DaphneServer


@pytest.fixture
def server(start_unhurried, redis_url) -> DaphneServer:
    return start_unhurried(redis_url=redis_url, DIGI_WORKERS="2")


def workers(server: DaphneServer) -> list[int]:
    """The workers' process ids, oldest first."""
    found = server.processes()[1:]
    return [process.pid for process in sorted(found, key=lambda one: one.create_time())]


async def replaced(server: DaphneServer, gone: set[int], seconds: float = 90) -> None:
    """Wait until none of these is left, and two workers listen."""
    async with asyncio.timeout(seconds):
        while gone & set(now := workers(server)) or len(now) != 2 or listeners(server) < set(now):
            await asyncio.sleep(0.2)


def listeners(server: DaphneServer) -> set[int]:
    """The workers that listen at the server's port; one that ends while this looks does not."""
    found = set()
    for process in server.processes()[1:]:
        with suppress(psutil.Error):
            links = process.net_connections()
            if any(link.laddr.port == server.port and link.status == "LISTEN" for link in links):
                found.add(process.pid)
    return found


async def test_worker_that_is_killed_loses_nothing_and_comes_back(server, crowd):
    people = crowd(server)

    async with people.load():
        for _ in range(scaled(1, 3)):
            oldest = workers(server)[0]
            with people.fault():
                os.kill(oldest, signal.SIGKILL)
                await replaced(server, {oldest})
            await asyncio.sleep(scaled(1, 5))

    await people.check("kill -9 of a worker of two")
    assert all(set(one.closes) <= {1006} for one in people.clients)
    assert "ended with -9" in server.output()


class Visitors:
    """Asks for pages all the time, each on a connection of its own; counts what came of it."""

    def __init__(self, server: DaphneServer, cookie: str) -> None:
        self.seen: Counter = Counter()
        self.longest = 0.0
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._visit, args=(f"{server.url}{path}", cookie))
            for path in ("/healthz", "/healthz", "/chat/")
        ]

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, url: str, cookie: str) -> None:
        while not self._over.wait(0.02):
            began = time.monotonic()
            try:
                self.seen[ask("GET", url, headers={"Cookie": cookie}).status] += 1
            except OSError as error:
                self.seen[type(error).__name__] += 1
            self.longest = max(self.longest, time.monotonic() - began)


@pytest.mark.timeout(300)
async def test_rolling_restart_refuses_nobody_and_loses_nothing(server, crowd, cookies, alice):
    people = crowd(server)

    with Visitors(server, cookies[alice.pk]) as visitors:
        async with people.load():
            for worker in workers(server)[: scaled(1, 2)]:
                with people.fault():
                    os.kill(worker, signal.SIGTERM)
                    await replaced(server, {worker})
                await asyncio.sleep(scaled(0.5, 3))
            both = set(workers(server))
            with people.fault():
                os.kill(server.pid, signal.SIGHUP)
                await replaced(server, both)
            await asyncio.sleep(scaled(0.5, 3))

    asked = sum(visitors.seen.values())
    people.notes.append(f"{asked} requests, {asked - visitors.seen[200]} refused, longest {visitors.longest:.2f} s")
    await people.check("rolling restart: SIGTERM to each of two workers, SIGHUP")
    assert set(visitors.seen) == {200}
    assert all(one.closes and set(one.closes) <= {1012} for one in people.clients)
    assert "Traceback" not in server.output()
