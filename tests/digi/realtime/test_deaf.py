"""Connections that look whole and carry nothing any more, as those to a host that was cut off: they are left."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from channels.layers import channel_layers
from redis.asyncio import Redis

from chat.events import Typing
from digi.realtime import feed as feeds
from digi.realtime.connections import Layer
from digi.realtime.events import pack
from digi.realtime.feed import Feed
from digi.realtime.layer import GROUP, Link
from tests.conftest import redis_layer


class Line:
    """A way to Redis; `swallow()` keeps its present connections open and carries nothing of theirs from then on."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._there = (parts.hostname, parts.port)
        self._open: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task] = set()
        self._alive: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "Line":
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/0"
        return self

    async def __aexit__(self, *_) -> None:
        self._server.close()
        for writer in self._open:
            writer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def swallow(self) -> int:
        """How many connections there were."""
        many = len(self._alive) // 2
        self._alive.clear()
        return many

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection(*self._there)
        self._alive |= {writer, other_writer}
        for one, another in ((reader, other_writer), (other_reader, writer)):
            self._open.append(another)
            task = asyncio.create_task(self._copy(one, another))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if writer in self._alive:
                    writer.write(data)
            writer.close()


@pytest.fixture
async def line(redis_url, settings):
    async with Line(redis_url) as made:
        settings.DIGI_REDIS_URL = made.url
        settings.CHANNEL_LAYERS = redis_layer(made.url)
        channel_layers.backends.clear()
        yield made
    channel_layers.backends.clear()


async def until(holds, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


async def test_link_that_hears_nothing_connects_anew(line, redis_url):
    heard = []
    link = Link(heard.extend)
    link.start()
    await until(lambda: link.healthy)

    assert line.swallow() == 2  # it hears by one and publishes by the other
    await until(lambda: not link.healthy)
    await until(lambda: link.healthy)
    event = Typing(topic="room:2", room="r", user="bob")
    await Layer(url=redis_url).group_send(GROUP, {"type": "events", "from": "", "body": pack([event])})
    await until(lambda: heard)

    assert heard == [event]
    await link.close()


async def test_feed_that_hears_nothing_connects_anew(line, redis_url, monkeypatch):
    monkeypatch.setattr(feeds, "QUIET", 0.3)
    feed, heard = Feed(), []
    feed.listen("camera.1", heard.append)
    async with Redis.from_url(redis_url) as foreign:

        async def publish_until_heard() -> None:
            heard.clear()
            async with asyncio.timeout(30):
                while not heard:
                    await foreign.publish("digi.camera.1", b"x" * 16 + b"picture")
                    await asyncio.sleep(0.05)

        await publish_until_heard()
        await asyncio.sleep(1)  # quiet, and yet in order
        open_before = feed._pubsub

        line.swallow()
        await publish_until_heard()

    assert feed._pubsub is not open_before
    assert set(heard) == {b"picture"}
    await feed.close()
