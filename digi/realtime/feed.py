"""What is too much, and too short-lived, for the channel layer: video between processes, by Redis' own pub/sub.

One subscriber a process, one sender. Nothing is kept: what a dead Redis or a slow one does not take is lost, and who
shows pictures goes on from the next keyframe. Bytes travel as they are, so that Redis is a trusted part of the server.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from digi.realtime.connections import client
from digi.realtime.layer import PROCESS

log = logging.getLogger(__name__)

PREFIX = "digi."
BACKLOG = 8 * 1_048_576  # bytes on their way to Redis, beyond which nothing more is taken
REST = 0.5  # seconds between tries at a Redis that does not answer
QUIET = 5.0  # seconds without a word, after which Redis is asked, and in which it has to answer
FAILURES = (OSError, RedisError, RuntimeError, asyncio.TimeoutError)
_OWN = PROCESS.encode()

Heard = Callable[[bytes], None]


class Feed:
    """Named channels between this process and the others; it connects when first used. Without Redis nobody hears."""

    def __init__(self) -> None:
        self._url: str = settings.DIGI_REDIS_URL
        self._heard: dict[str, Heard] = {}
        self._queue: deque[tuple[str, bytes]] = deque()
        self._waiting = 0
        self._more = asyncio.Event()
        self._redis: Any = None
        self._pubsub: Any = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._complained = 0.0

    def listen(self, name: str, heard: Heard) -> None:
        """Hand what other processes publish under this name to `heard`, from now on."""
        self._heard[name] = heard
        self._open()
        if self._pubsub is not None:
            self._spawn(self._tell_redis(self._pubsub.subscribe, name))

    def ignore(self, name: str) -> None:
        self._heard.pop(name, None)
        if self._pubsub is not None:
            self._spawn(self._tell_redis(self._pubsub.unsubscribe, name))

    def publish(self, name: str, body: bytes) -> bool:
        """Send to the other processes; False where it is dropped, since too much waits already."""
        if not self._url or self._waiting + len(body) > BACKLOG:
            return False
        self._open()
        self._queue.append((name, body))
        self._waiting += len(body)
        self._more.set()
        return True

    async def close(self) -> None:
        tasks = set(self._tasks)
        while tasks:
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=0.5)
        if self._redis is not None:
            await self._redis.aclose()
            self._redis = None

    def _open(self) -> None:
        if self._redis is None and self._url:
            retry = Retry(NoBackoff(), 0)  # the loops here try again by themselves
            options: Any = {
                "socket_timeout": None,
                "socket_connect_timeout": 2,
                "socket_keepalive": True,
                "retry": retry,
            }
            self._redis = client(self._url, **options)
            self._spawn(self._send_all())
            self._spawn(self._receive_all())

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_redis(self, order: Callable[[str], Any], name: str) -> None:
        try:
            await order(PREFIX + name)
        except FAILURES as error:  # the receiver meets it too, and subscribes anew to all that is listened to
            self._complain(error)

    async def _send_all(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            batch, self._queue, self._waiting = self._queue, deque(), 0
            try:
                pipe = self._redis.pipeline(transaction=False)
                for name, body in batch:
                    pipe.publish(PREFIX + name, _OWN + body)
                await asyncio.wait_for(pipe.execute(), 5)
            except FAILURES as error:
                self._complain(error)
                await asyncio.sleep(REST)
                self._queue.clear()  # pictures of the past
                self._waiting = 0

    async def _receive_all(self) -> None:
        while True:
            pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
            try:
                await pubsub.subscribe(PREFIX + PROCESS, *(PREFIX + name for name in self._heard))
                self._pubsub = pubsub
                for name in self._heard:  # those that came while it subscribed
                    await pubsub.subscribe(PREFIX + name)
                await self._hear(pubsub)
            except FAILURES as error:
                self._complain(error)
            except Exception:
                log.exception("the feed was not heard")
            finally:
                self._pubsub = None
            await self._give_up(pubsub)

    async def _hear(self, pubsub: Any) -> None:
        """Hand on what comes, until a host that was cut off has no answer: its connection would look whole for long."""
        clock = asyncio.get_running_loop().time
        heard, asked = clock(), 0.0
        while True:
            message = await pubsub.get_message(timeout=QUIET)
            now = clock()
            if message is not None:
                heard = now
                self._take(message)
            elif asked < heard and now - heard >= QUIET:
                asked = now
                await pubsub.ping()
            elif asked > heard and now - asked >= QUIET:
                raise TimeoutError("Redis says nothing.")

    async def _give_up(self, pubsub: Any) -> None:
        with suppress(*FAILURES):  # it is gone already
            await pubsub.aclose()
        await asyncio.sleep(REST)

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") != "message":
            return
        body: bytes = message["data"]
        heard = self._heard.get(message["channel"].decode().removeprefix(PREFIX))
        if heard is not None and not body.startswith(_OWN):
            heard(body[len(_OWN) :])

    def _complain(self, error: BaseException) -> None:
        now = time.monotonic()
        if now - self._complained > 30:
            self._complained = now
            log.warning("feed: %s: %s", type(error).__name__, error)
