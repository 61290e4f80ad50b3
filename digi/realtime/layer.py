"""The channel layer between processes: a wake-up, never the truth.

Each process joins one group once, and what it has committed meanwhile is one message to it: every process hears
everything, which is cheaper than a group for each room (5 700 messages a second at most) or a few fixed ones (a round
trip for each).
The layer drops, doubles and reorders; numbers and the database mend that.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable

import msgspec
from channels.layers import InMemoryChannelLayer, get_channel_layer
from redis.exceptions import RedisError

from digi.realtime import measures
from digi.realtime.events import Event, pack, parted, unpack

log = logging.getLogger(__name__)

GROUP = "digi.events"
BACKLOG = 32 * 1_048_576  # bytes of batches on their way to the layer, beyond which the oldest go
FEW = 2  # events in a publication, above which the next one waits for its PACE
PACE = 0.004  # seconds
MANY = 500  # events in a publication, to which no further batch is added
RENEWAL = 3600  # seconds; a layer forgets its groups after a day
PROCESS = os.urandom(8).hex()
ECHO = 1  # seconds between tests of the way to Redis and back, and how long one may take
DEAF = 3  # echoes that do not come, after which the connections are given up
FAILURES = (OSError, RedisError, RuntimeError, asyncio.TimeoutError)


async def send_once(events: list[Event]) -> None:
    """Publish from a process without a hub, such as a command."""
    channel_layer = get_channel_layer()
    if channel_layer is None or isinstance(channel_layer, InMemoryChannelLayer):
        return  # nobody outside this process can hear it
    await channel_layer.group_send(GROUP, {"type": "events", "from": "", "body": pack(events)})


class Link:
    """The way from this process to the others: one sender, one receiver, both patient with a dead Redis.

    `healthy` says whether what others publish arrives here. Who only listens would never know: an echo asks.
    """

    def __init__(self, receive: Callable[[list[Event]], None]) -> None:
        self._receive = receive
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._waiting = 0  # bytes in the queue
        self._tasks: list[asyncio.Task[None]] = []
        self._receivers: list[asyncio.Task[None]] = []  # one, but while it is replaced
        self._layer = get_channel_layer()
        self._alone = isinstance(self._layer, InMemoryChannelLayer)
        self._channel = ""
        self._echo = asyncio.Event()
        self._complained = 0.0
        self.healthy = self._alone

    def start(self) -> None:
        if self._alone:
            return
        self._receivers = [asyncio.create_task(self._receive_all())]
        loops = (self._send_all(), self._renew(), self._listen_for_echoes())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def close(self) -> None:
        await _end(self._tasks)
        await _end(self._receivers)  # once nobody starts another

    def send(self, events: list[Event]) -> None:
        """Queue a batch for the other processes; with too much in the queue the oldest go, and numbers mend it."""
        if self._alone:
            return
        try:
            body = pack(events)
        except Exception:  # the batch is at fault
            measures.drops.add(value="unsent")
            log.exception("a batch of %d events could not be packed", len(events))
            return
        while self._waiting and self._waiting + len(body) > BACKLOG:
            self._waiting -= len(self._queue.get_nowait())
            measures.drops.add(value="full")
            self._complain("the queue to the channel layer is full")
        self._queue.put_nowait(body)
        self._waiting += len(body)

    async def _send_all(self) -> None:
        while True:
            events = parted(await self._next())
            while self._waiting and len(events) < MANY:
                events += parted(await self._next())
            body = pack(events)
            pause = 0.05
            while not await self._sent(body):
                await asyncio.sleep(pause)  # a circuit breaker: a dead Redis gets one try a second
                pause = min(1.0, pause * 2)
            if len(events) > FEW:
                await asyncio.sleep(PACE)  # a publication costs as much as a message; what comes meanwhile shares one

    async def _next(self) -> bytes:
        body = await self._queue.get()
        self._waiting -= len(body)
        return body

    async def _sent(self, body: bytes) -> bool:
        try:
            message = {"type": "events", "from": PROCESS, "body": body}
            await asyncio.wait_for(self._layer.group_send(GROUP, message), 5)
        except FAILURES as error:
            self._ails(error)
            return False
        except Exception:  # the layer's own code: sending it again would not help
            measures.drops.add(value="unsent")
            log.exception("a batch of %d bytes was not published", len(body))
        return True

    async def _receive_all(self) -> None:
        while True:
            try:
                async with asyncio.timeout(5):
                    channel = await self._layer.new_channel()
                    await self._join(channel)
                self._channel = channel
                while True:
                    self._take(await self._layer.receive(self._channel))
            except FAILURES as error:
                self._ails(error)
                await asyncio.sleep(0.5)
            except Exception:
                self.healthy = False
                log.exception("the channel layer was not heard")
                await asyncio.sleep(0.5)

    async def _join(self, channel: str) -> None:
        await self._layer.group_add(GROUP, channel)

    async def _listen_for_echoes(self) -> None:
        missed = 0
        while True:
            if self._channel:
                try:
                    await asyncio.wait_for(self._hear_echo(), ECHO)
                    self.healthy, missed = True, 0
                except FAILURES as error:
                    missed += 1
                    self._ails(error)
            if missed >= DEAF:
                missed = 0
                await self._connect_anew()
            await asyncio.sleep(ECHO if self.healthy else ECHO / 4)

    async def _connect_anew(self) -> None:
        """Leave connections that look whole and carry nothing: to a host that was cut off, or no longer the primary."""
        await _end(self._receivers)
        self._channel = ""
        try:
            await asyncio.wait_for(self._layer.flush(), 5)
        except FAILURES as error:
            self._complain(f"{type(error).__name__}: {error}")
        self._receivers = [asyncio.create_task(self._receive_all())]

    async def _hear_echo(self) -> None:
        self._echo.clear()
        await self._layer.send(self._channel, {"type": "echo"})
        await self._echo.wait()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEWAL)
            try:
                await self._join(self._channel)
            except FAILURES as error:
                self._complain(f"{type(error).__name__}: {error}")

    def _take(self, message: dict[str, object]) -> None:
        if message.get("type") == "echo":
            self._echo.set()
            return
        body = message.get("body")
        if message.get("from") == PROCESS or not isinstance(body, bytes):
            return
        try:
            events = unpack(body)
        except msgspec.MsgspecError:  # another release's event: numbered ones are read from the database
            measures.drops.add(value="unread")
            self._complain("an event of an unknown shape was passed over")
            return
        self._receive(events)

    def _ails(self, error: Exception) -> None:
        self.healthy = False
        measures.failures.add()
        self._complain(f"{type(error).__name__}: {error}")

    def _complain(self, what: str) -> None:
        now = time.monotonic()
        if now - self._complained > 30:
            self._complained = now
            log.warning("channel layer: %s", what)


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    waiting = set(tasks)
    while waiting:  # a cancellation is lost where it meets an answer of Redis in asyncio.wait_for
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=0.5)
