"""A socket that follows a numbered topic: nothing lost, nothing twice, nothing out of order.

Per event it is one comparison: the next number is sent, the past is dropped, a gap is read from the database. While
`at` is None the socket is reading; it keeps the events that come meanwhile, and is live once it has what was read and
those that follow on it. Where more came than it keeps, it reads again, until it has reached the topic's `seen`. Who
acknowledges gets at most a window of events ahead of that.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from digi.realtime import codes, measures
from digi.realtime.events import Event
from digi.realtime.hub import Topic
from digi.realtime.sockets import Socket

WINDOW_EVENTS = 256
WINDOW_BYTES = 1_048_576
KEPT = 256  # events that come while the database is read
SILENCE = 60  # seconds without an acknowledgement, while the window is full
RETRY = 0.5  # seconds between readings of a database that does not answer


@dataclass(slots=True, frozen=True)
class Look:
    """What came after a number: events in order, the last number they reach, and whether there is more."""

    events: Sequence[Event]
    last: int
    more: bool


class Reading:
    """A task that reads, and the latest numbered events that came since it began."""

    __slots__ = ("kept", "task")

    def __init__(self, read: Callable[["Reading"], Coroutine[Any, Any, None]]) -> None:
        self.kept: deque[Event] = deque(maxlen=KEPT)
        self.task = asyncio.create_task(read(self))


class Follower(Socket):
    """Follows one topic. Subclasses give `read`, the batch function behind a look, and `tell`, which sends an event."""

    acknowledges = False
    read: Callable[[list[Any]], list[Look]]

    def __init__(self) -> None:
        super().__init__()
        self.at: int | None = None
        self.topic: Topic | None = None
        self.anew = False  # a client's own resume is being answered: nobody knows what it has of the past
        self._question: Callable[[int], Any] = lambda since: since
        self._done: Callable[[int], None] | None = None
        self._reading: Reading | None = None
        self._unacked: deque[tuple[int, int]] | None = None
        self._unacked_bytes = 0
        self._parked: int | None = None
        self._heard = 0.0

    def tell(self, event: Event) -> int:
        """Send one event; how many bytes it took."""
        raise NotImplementedError

    def caught_up(self) -> None:
        """The socket is live, for the first time or again."""

    def follow(self, topic: str, question: Callable[[int], Any]) -> None:
        """Join the topic, not yet live; `question` makes of a number what `read` is asked."""
        self.join(topic)
        self.topic = self.hub.topics[topic]
        self._question = question

    def go_live(self, at: int) -> None:
        """What came up to `at` is known to the client."""
        if self.topic is not None and self.topic.seen > at:
            self._read_after(at)
        else:
            self.at = at
            self.caught_up()

    def resume(self, since: int, done: Callable[[int], None] | None = None) -> None:
        """Send what came after `since`, then go live; `done` is called with the number reached."""
        self._unacked, self._unacked_bytes = None, 0  # what was on the way is sent again, and counted then
        self._done, self.anew = done, True
        self._read_after(since)

    def catch_up(self) -> None:
        if self.at is not None:
            measures.gaps.add()
            self._read_after(self.at)

    def numbered(self, event: Event) -> None:
        """Take a numbered event of the topic."""
        if self.at is None:
            if self._reading is not None:
                self._reading.kept.append(event)
            return
        if event.n <= self.at:
            return
        if event.n > self.at + 1:
            self.catch_up()
            return
        self.at = event.n
        self._push(event)

    def compare(self, heads: dict[str, int]) -> None:
        if self.topic is not None and self.at is not None and heads.get(self.topic.name, 0) > self.at:
            self.catch_up()

    def acknowledged(self, n: int) -> None:
        """The client has everything up to `n`; whoever was parked goes on from where it stopped."""
        self._heard = time.monotonic()
        self._forget_until(n)
        if self._parked is not None and not self._full():
            self._read_after(self._parked)

    def inspect(self) -> None:
        if self._parked is not None and time.monotonic() - self._heard > SILENCE:
            self.close(codes.SLOW)

    def gone(self) -> None:
        if self._reading is not None:
            self._reading.task.cancel()

    def _push(self, event: Event) -> None:
        size = self.tell(event)
        if not self.acknowledges:
            return
        if self._unacked is None:
            self._unacked = deque()
        self._unacked.append((event.n, size))
        self._unacked_bytes += size
        if self._full():
            self._parked, self.at = event.n, None
            self._heard = time.monotonic()

    def _push_all(self, found: Sequence[Event]) -> None:
        """Send them, until there are enough for now and the socket is parked."""
        for event in found:
            self._push(event)
            if self._parked is not None:
                return

    def _forget_until(self, n: int) -> None:
        while self._unacked and self._unacked[0][0] <= n:
            self._unacked_bytes -= self._unacked.popleft()[1]

    def _full(self) -> bool:
        return self._unacked is not None and (
            len(self._unacked) >= WINDOW_EVENTS or self._unacked_bytes >= WINDOW_BYTES
        )

    def _seen(self) -> int:
        return self.topic.seen if self.topic else 0

    def _read_after(self, since: int) -> None:
        self.at = self._parked = None
        if self._reading is not None:
            self._reading.task.cancel()
        self._reading = Reading(partial(self._read_on, since))

    async def _read_on(self, since: int, reading: Reading) -> None:
        reader = self.hub.reader(self.read)
        while not self.closed:
            before = self._seen()
            try:
                look: Look = await reader.ask(self._question(since))
            except Exception:  # the batcher has logged it; the database comes back or the socket ends
                await asyncio.sleep(RETRY)
                continue
            self._push_all(look.events)
            since = look.last
            if not look.more and self._parked is None:
                following = _following(reading.kept, since)
                self._push_all(following)
                since += len(following)
            if self._parked is not None:
                self._reading = None
                return
            seen = self._seen()
            if not look.more and (since >= seen or (not look.events and seen == before)):
                break  # what is seen and not in the database would be waited for in vain

        self.at, self.anew = since, False
        self._reading = None
        done, self._done = self._done, None
        if self.closed:
            return
        if done is not None:
            done(since)
        self.caught_up()


def _following(kept: Iterable[Event], since: int) -> list[Event]:
    """Those of the events that follow on a number without a gap."""
    found: list[Event] = []
    for event in kept:
        if event.n == since + len(found) + 1:
            found.append(event)
    return found
