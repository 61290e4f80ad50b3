"""The hub: one a process, hands events to the sockets that joined their topics.

This process's own events come first and directly; the layer is only for the other processes. Numbered topics are
kept in order: an event that comes early (another process's commit is still on its way) waits for a moment, then
whoever follows the topic reads the gap from the database.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from digi.realtime import measures, outbox
from digi.realtime.events import Event, SocketsClosed
from digi.realtime.feed import Feed
from digi.realtime.layer import Link
from digi.realtime.limits import Buckets
from digi.realtime.patience import Patience
from digi.realtime.pulse import Pulse
from digi.realtime.work import Batcher, Threads, attempt


class Subscriber(Protocol):
    """What the hub needs of a socket."""

    def take(self, event: Event) -> None: ...

    def catch_up(self) -> None: ...

    def close_for(self, event: SocketsClosed) -> None: ...

    def flush(self) -> None: ...


class Topic:
    """Who has joined, the highest number seen, and what came too early: number → event.

    `waits_since` is when the first of the gaps became the first; `missed` are the numbers of the last one that was
    given up, and `missed_since` is when they began to be waited for.
    """

    __slots__ = ("held", "missed", "missed_since", "name", "seen", "sockets", "timer", "waits_since")

    def __init__(self, name: str) -> None:
        self.name = name
        self.sockets: dict[Subscriber, None] = {}
        self.seen = 0
        self.held: dict[int, Event] = {}
        self.timer: asyncio.TimerHandle | None = None
        self.waits_since = 0.0
        self.missed = range(0)
        self.missed_since = 0.0


class Hub:
    """Topics, sockets and the threads that work for them; everything but `post` runs on the event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.threads = Threads()
        self.buckets = Buckets()
        self.topics: dict[str, Topic] = {}
        self.open: dict[Any, None] = {}  # every open socket, oldest first
        self.link = Link(self._receive)
        self.feed = Feed()
        self.pulse = Pulse(self)
        self.patience = Patience()
        self._batchers: dict[Callable[..., Any], Batcher[Any, Any]] = {}
        self._to_flush: list[Subscriber] = []

    def start(self) -> None:
        self.link.start()
        self.pulse.start()
        outbox.open_office(self)

    async def close(self) -> None:
        """Store what still waits to be stored, tell the others, and end the threads."""
        await self.settle()
        outbox.close_office(self)
        await self.pulse.close()
        await self.link.close()
        await self.feed.close()
        await self.threads.close()

    async def settle(self, seconds: float = 5) -> None:
        """Wait until no batch is under way, this long at most."""
        deadline = self.loop.time() + seconds
        while any(one.busy for one in self._batchers.values()) and self.loop.time() < deadline:
            await asyncio.sleep(0.01)

    def flush_soon(self, socket: Subscriber) -> None:
        """Let the socket send what it was given, once this turn of the loop is over."""
        if not self._to_flush:
            self.loop.call_soon(self._flush)
        self._to_flush.append(socket)

    def _flush(self) -> None:
        sockets, self._to_flush = self._to_flush, []
        for socket in sockets:
            socket.flush()

    def join(self, name: str, socket: Subscriber) -> Topic:
        topic = self.topics.get(name)
        if topic is None:
            topic = self.topics[name] = Topic(name)
        topic.sockets[socket] = None
        return topic

    def leave(self, name: str, socket: Subscriber) -> None:
        topic = self.topics.get(name)
        if topic is None:
            return
        topic.sockets.pop(socket, None)
        if not topic.sockets:
            if topic.timer is not None:
                topic.timer.cancel()
            del self.topics[name]

    def sockets(self, name: str) -> Iterable[Subscriber]:
        topic = self.topics.get(name)
        return tuple(topic.sockets) if topic else ()

    def reader(self, work: Callable[[list[Any]], list[Any]]) -> Batcher[Any, Any]:
        """The batcher that answers this kind of question from the database."""
        return self._batcher(work, self.threads.reader)

    def writer(self, work: Callable[[list[Any]], list[Any]]) -> Batcher[Any, Any]:
        """The batcher that writes this kind of thing."""
        return self._batcher(work, lambda: self.threads.writer, measures.committed)

    def helper(self, work: Callable[[list[Any]], list[Any]]) -> Batcher[Any, Any]:
        """The batcher for what nobody waits for; all of it shares a thread, and so keeps its order."""
        return self._batcher(work, lambda: self.threads.aside)

    def aside(self, work: Callable[[], object]) -> None:
        """Have something done that nobody waits for, from any thread; what goes wrong is logged."""
        try:
            self.threads.aside.submit(attempt, work)
        except RuntimeError:  # the threads have been closed
            attempt(work)

    def _batcher(
        self,
        work: Callable[[list[Any]], list[Any]],
        executor: Callable[[], Any],
        noted: Callable[[int, float], None] | None = None,
    ) -> Batcher[Any, Any]:
        batcher = self._batchers.get(work)
        if batcher is None:
            batcher = self._batchers[work] = Batcher(work, executor, noted=noted)
        return batcher

    def post(self, events: list[Event]) -> None:
        """Take this process's events on, from any thread: to the local sockets and to the other processes."""
        if self.loop.is_closed():
            return
        try:
            here = asyncio.get_running_loop() is self.loop
        except RuntimeError:
            here = False
        if here:
            self._post(events)
        else:
            self.loop.call_soon_threadsafe(self._post, events)

    def _post(self, events: list[Event]) -> None:
        self._receive(events)
        self.link.send(events)

    def _receive(self, events: list[Event]) -> None:
        deliveries = 0
        for event in events:
            topic = self.topics.get(event.topic)
            if topic is None:
                continue
            if isinstance(event, SocketsClosed):
                for socket in tuple(topic.sockets):
                    socket.close_for(event)
                continue
            deliveries += len(topic.sockets)
            if event.n:
                self._in_order(topic, event)
            else:
                _hand_out(topic, event)
        if deliveries:
            measures.deliveries.add(deliveries)

    def _in_order(self, topic: Topic, event: Event) -> None:
        if topic.seen and event.n > topic.seen + 1:
            topic.held[event.n] = event
            if topic.timer is None:
                self._wait(topic)
        elif event.n > topic.seen:
            topic.seen = event.n
            _hand_out(topic, event)
            if topic.held:
                self._hand_out_held(topic)
        else:
            if event.n in topic.missed:  # it was not lost
                topic.missed = range(0)
                self.patience.learn(self.loop.time(), topic.missed_since)
            _hand_out(topic, event)

    def _wait(self, topic: Topic) -> None:
        topic.waits_since = now = self.loop.time()
        topic.timer = self.loop.call_at(self.patience.until(now), self._mind_the_gap, topic)

    def _hand_out_held(self, topic: Topic) -> None:
        """One that was waited for has come: what follows it goes out."""
        while topic.held and (event := topic.held.pop(topic.seen + 1, None)) is not None:
            topic.seen = event.n
            _hand_out(topic, event)
        now = self.loop.time()
        self.patience.learn(now, topic.waits_since)
        topic.waits_since = now
        if not topic.held and topic.timer is not None:
            topic.timer.cancel()
            topic.timer = None

    def _mind_the_gap(self, topic: Topic) -> None:
        topic.timer = None
        if not topic.held:
            return
        until = self.patience.until(topic.waits_since)
        if until > self.loop.time():
            topic.timer = self.loop.call_at(until, self._mind_the_gap, topic)
            return

        waiting = sorted(topic.held.items())
        topic.held.clear()
        topic.missed, topic.missed_since = range(topic.seen + 1, waiting[0][0]), topic.waits_since
        topic.seen = waiting[-1][0]
        for _, event in waiting:
            _hand_out(topic, event)  # who follows the numbers sees the gap and reads it


def _hand_out(topic: Topic, event: Event) -> None:
    for socket in tuple(topic.sockets):
        socket.take(event)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The running loop's hub, started at the first call."""
    loop = asyncio.get_running_loop()
    found = _hubs.get(loop)
    if found is None:
        found = _hubs[loop] = Hub()
        found.start()
    return found
