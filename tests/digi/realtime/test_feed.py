"""The feed between processes: what one publishes the others hear, and a dead Redis costs pictures and no more."""

import asyncio

import pytest
from redis.asyncio import Redis

from digi.realtime.feed import BACKLOG, Feed
from tests.servers import RedisServer


@pytest.fixture
def redis(settings):
    with RedisServer() as server:
        settings.DIGI_REDIS_URL = server.url
        yield server


async def test_what_one_process_publishes_the_other_hears_and_nobody_else(redis):
    one, other = Feed(), Feed()
    other_heard, own_heard = [], []
    one.listen("camera.1", own_heard.append)
    other.listen("camera.2", other_heard.append)
    foreign = await _publisher(redis)

    async with asyncio.timeout(30):
        while not own_heard:
            await foreign.publish("digi.camera.1", b"x" * 16 + b"\x00picture")
            one.publish("camera.1", b"own")
            await asyncio.sleep(0.05)

    assert set(own_heard) == {b"\x00picture"}
    assert other_heard == []
    await foreign.aclose()
    for feed in (one, other):
        await feed.close()


async def test_feed_comes_back_with_redis(redis):
    feed, heard = Feed(), []
    feed.listen("camera.1", heard.append)
    await _until_heard(redis, heard)

    redis.kill()
    for _ in range(20):
        feed.publish("camera.1", b"lost")
        await asyncio.sleep(0.02)
    redis.start()
    heard.clear()
    await _until_heard(redis, heard)

    assert heard[0] == b"picture"
    await feed.close()


async def test_what_waits_for_a_redis_that_does_not_answer_is_bounded(redis):
    feed = Feed()
    redis.kill()

    taken = [feed.publish("camera.1", b"x" * 1_000_000) for _ in range(20)]

    assert taken.count(True) == BACKLOG // 1_000_000
    await feed.close()


async def test_without_redis_nothing_is_published_and_nobody_waits(settings):
    settings.DIGI_REDIS_URL = ""
    feed = Feed()
    feed.listen("camera.1", lambda _body: None)

    assert feed.publish("camera.1", b"x") is False
    await feed.close()


async def _publisher(redis):
    return Redis.from_url(redis.url)


async def _until_heard(redis, heard) -> None:
    """Publish as another process does until it is heard: a subscription takes a moment."""
    foreign = await _publisher(redis)
    async with asyncio.timeout(30):
        while not heard:
            await foreign.publish("digi.camera.1", b"x" * 16 + b"picture")
            await asyncio.sleep(0.05)
    await foreign.aclose()
