"""Two servers on one database and one Redis: nothing lost, and nothing readable on the way, whatever Redis does."""

import asyncio
import os
import signal
import socket
import threading
import time
import uuid
from statistics import median

import pytest

from chat.services import chain, drafts, messages
from tests.chaos.conftest import UNHURRIED
from tests.chaos.results import scaled
from tests.chat.sockets import aside
from tests.chat.storms import stands
from tests.client import ask
from tests.servers import DaphneServer, RedisServer


@pytest.fixture(scope="module")
def _pair(django_db_setup):
    """A Redis, and two servers on it; they outlive whatever the tests do to it."""
    with RedisServer() as redis:
        options = {"redis_url": redis.url, **UNHURRIED}
        with DaphneServer(**options) as one, DaphneServer(**options) as other:
            yield redis, [one, other]


@pytest.fixture
def servers(_pair, transactional_db):
    return _pair[1]


@pytest.fixture
def redis(_pair):
    """The servers' own Redis, which comes back after the test."""
    server = _pair[0]
    yield server
    if server.process.poll() is not None:
        server.start()


class Outage:
    """Takes Redis away and gives it back: `stopped` answers nobody any more, `killed` refuses connections."""

    def __init__(self, redis: RedisServer, kind: str) -> None:
        self._redis = redis
        self._stopped = kind == "stopped"
        self._lasts = False

    def begin(self) -> None:
        self._lasts = True
        if self._stopped:
            os.kill(self._redis.pid, signal.SIGSTOP)
        else:
            self._redis.kill()

    def end(self) -> None:
        if self._lasts and self._stopped:
            os.kill(self._redis.pid, signal.SIGCONT)
        elif self._lasts:
            self._redis.start()
        self._lasts = False


@pytest.fixture(params=["stopped", "killed"])
def outage(request, redis):
    made = Outage(redis, request.param)
    yield made
    made.end()


async def all_live(*clients) -> None:
    for one in clients:
        async with asyncio.timeout(20):
            await one.live.wait()


async def test_two_servers_carry_hundreds_of_messages_a_second_in_order(servers, client, room, alice, bob):
    crowd = [client(server, user) for server in servers for user in (alice, bob)]
    await all_live(*crowd)
    began, each = time.monotonic(), 250

    async def write(one, name: str) -> None:
        for number in range(each):
            one.post(f"{name} {number}")
            await asyncio.sleep(1 / 120)

    await asyncio.gather(*(write(one, str(place)) for place, one in enumerate(crowd)))
    for one in crowd:
        await one.until(lambda one: one.copy.head >= 4 * each and not one.outbox)
    took = time.monotonic() - began

    there = await aside(stands, room)
    assert len(there) == 4 * each
    for place, one in enumerate(crowd):
        assert one.copy.messages == there
        assert one.closes == one.strange == []
        assert [text for text in one.texts() if text.startswith(f"{place} ")] == [f"{place} {n}" for n in range(each)]
    assert 4 * each / took > scaled(30, 150)
    assert await aside(chain.verify, room) is None


async def flowing(writer, name: str, seconds: float) -> list[str]:
    """Write twenty a second for a while; the texts."""
    texts = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        texts.append(f"{name} {len(texts)}")
        writer.post(texts[-1])
        await asyncio.sleep(0.05)
    return texts


async def delay(writer, reader) -> float:
    """Within what time half of what is written for a second comes to the reader."""
    before = len(writer.posted)
    texts = await flowing(writer, f"after {before}", 1)
    await reader.until(lambda one: one.texts()[-1] == texts[-1])
    posted = list(writer.posted.values())[before:]
    return median(reader.arrived[text] - moment for text, moment in zip(texts, posted, strict=True))


async def test_sockets_outlive_redis_and_catch_up_by_themselves(servers, outage, client, room, alice, bob):
    logs = [server.output() for server in servers]
    here, there = client(servers[0], alice), client(servers[1], bob)
    await all_live(here, there)
    before = await flowing(here, "before", 0.5)
    await there.until(lambda one: one.texts()[-1:] == before[-1:])

    outage.begin()
    during = await flowing(here, "during", 4)
    await here.until(lambda one: one.texts()[-1] == during[-1])  # its own server needs no Redis
    await there.until(lambda one: one.texts()[-1] == during[-1], seconds=10)  # the other one asks the database
    outage.end()
    last = here.post("the last one, while both find their Redis again")
    await here.until(lambda one: last in one.answers)
    await there.until(lambda one: one.texts()[-1].startswith("the last one"), seconds=10)
    async with asyncio.timeout(20):
        while await delay(here, there) > 0.3:  # who asks the database has it in half a second
            pass

    there.post("and back")
    await here.until(lambda one: one.texts()[-1] == "and back")
    for one in (here, there):
        assert one.closes == one.strange == []
        assert one.copy.messages == await aside(stands, room)
    for server, log in zip(servers, logs, strict=True):
        said = server.output().removeprefix(log)
        assert "Traceback" not in said
        assert said.count("\n") < 15


async def test_coming_in_writing_and_reading_outlive_redis(servers, outage, client, room, alice, cookies):
    server, log = servers[0], servers[0].output()
    outage.begin()

    late = client(server, alice)
    await all_live(late)
    late.post("without Redis")
    await late.until(lambda one: not one.outbox)
    answers = [
        await asyncio.to_thread(ask, "GET", server.url + path, headers={"Cookie": cookies[alice.pk]})
        for path in ("/api/v1/rooms/", "/chat/", "/healthz", "/accounts/login/")
    ]
    outage.end()

    assert [answer.status for answer in answers] == [200, 200, 200, 302]
    assert answers[0].json()["results"][0]["last_message"]["message"] == "without Redis"
    assert "Traceback" not in server.output().removeprefix(log)


class Monitor:
    """Everything that Redis is told, as its MONITOR command shows it."""

    def __init__(self, redis) -> None:
        self.bytes = b""
        self._link = socket.create_connection(("127.0.0.1", redis.port))
        self._link.sendall(b"MONITOR\r\n")
        assert self._link.recv(5) == b"+OK\r\n"
        self._link.settimeout(0.2)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                self.bytes += self._link.recv(65_536)
            except TimeoutError:
                continue

    def stop(self) -> bytes:
        self._over.set()
        self._thread.join()
        self._link.close()
        return self.bytes


async def test_nobody_reads_along_in_redis(servers, redis, client, room, alice, bob, cookies):
    here, there = client(servers[0], alice), client(servers[1], bob)
    await all_live(here, there)
    secrets = [f"geheim-{kind}-{uuid.uuid4().hex}" for kind in ("posted", "edited", "draft", "by-http")]
    said, edited, draft, by_http = secrets
    monitor = Monitor(redis)

    cid = here.post(said)
    await there.until(lambda one: said in one.texts())
    await here.until(lambda one: cid in one.answers)
    here._send(type="edit", cid=str(uuid.uuid4()), message_id=here.answers[cid]["message_id"], message=edited)
    await there.until(lambda one: edited in one.texts())
    there._send(type="typing")
    there._send(type="read", seq=1)
    await aside(drafts.keep, room=room, by=alice, text=draft)
    written = await asyncio.to_thread(
        ask,
        "GET",
        f"{servers[1].url}/api/v1/rooms/{room.uuid}/messages/",
        headers={"Cookie": cookies[bob.pk]},
    )
    assert written.json()["results"][0]["message"] == edited
    await aside(messages.post, room=room, by=bob, text=by_http)
    here.post("one more, so that the gap is seen")
    await there.until(lambda one: by_http in one.texts())
    await asyncio.sleep(0.3)
    seen = monitor.stop()

    assert seen.count(b'"PUBLISH"') >= 3
    for secret in (*secrets, "geheim", alice.email):
        assert secret.encode() not in seen
    for secret in (alice.username, bob.username):
        assert f'"{secret}"'.encode() not in seen
    for key in (cookies[alice.pk], cookies[bob.pk]):
        assert key.partition("=")[2].encode() not in seen
