"""How many pictures one viewer gets: what it has shown grants credit for more, and drops respect keyframes.

Daphne does not push back. Without credit, a 500 kb/s link lags 20 s and more behind a 1.5 Mb/s stream; with it 1.4 s.
"""

import math
from collections import deque
from collections.abc import Callable

from camera.camera_pb2 import Dropped, Envelope
from camera.chunks import Chunk
from digi.errors import Invalid
from digi.realtime.wire import binary_frame

CREDIT = 4  # pictures on their way to begin with, and at least
MOST = 60  # pictures on their way at most, however slow the answers
QUEUE = 30  # pictures that wait for credit
QUEUE_BYTES = 2 * 1_048_576  # and their bytes


class Flow:
    """One viewer's pictures. `put` sends a frame; everything here is bounded by `QUEUE` and the credit."""

    __slots__ = (
        "_bytes",
        "_paused",
        "_put",
        "_queue",
        "_rtt",
        "credit",
        "dropped",
        "received",
        "sent",
        "total",
        "waiting",
    )

    def __init__(self, put: Callable[[bytes], None]) -> None:
        self._put = put
        self._queue: deque[Chunk] = deque()
        self._bytes = 0
        self._paused = False
        self._rtt = math.inf
        self.credit = CREDIT
        self.sent = self.received = 0
        self.dropped = self.total = 0  # not yet reported, and altogether
        self.waiting = True  # for a keyframe

    @property
    def wants_pictures(self) -> bool:
        return not self._paused

    @property
    def in_flight(self) -> int:
        return self.sent - self.received

    @property
    def is_thirsty(self) -> bool:
        """Has it shown everything, and waits for a keyframe to go on?"""
        return self.waiting and not self._paused and not self.in_flight

    def offer(self, chunk: Chunk) -> None:
        """A new picture: send it, keep it until there is credit, or leave it out."""
        if self._paused:
            return
        if self.waiting and not chunk.keyframe:
            self._drop(1)
            return
        if len(self._queue) >= QUEUE or (self._queue and self._bytes + chunk.size > QUEUE_BYTES):
            self._drop(len(self._queue))
            self._clear()
            if not chunk.keyframe:
                self._drop(1)
                self.waiting = True
                return
        self.waiting = False
        self._queue.append(chunk)
        self._bytes += chunk.size
        self._pump()

    def acknowledge(self, received: int, *, rtt_ms: int, paused: bool, fps: int) -> None:
        """So many pictures were shown. Raises `Invalid` for more than were sent.

        The shortest round trip counts: a longer one is made of what waits on a slow line, and more credit on it would
        only lengthen that.
        """
        if not self.received <= received <= self.sent:
            raise Invalid("So many pictures were not sent.", code="out_of_order")
        self.received = received
        if rtt_ms:
            self._rtt = min(self._rtt, rtt_ms / 1000)
            self.credit = min(MOST, max(CREDIT, math.ceil(1.5 * fps * self._rtt)))
        if paused and not self._paused:
            self.start_over()
        self._paused = paused
        self._pump()

    def start_over(self) -> None:
        """Nothing of what waits is sent; the next picture is a keyframe."""
        self._clear()
        self.dropped = 0
        self.waiting = True

    def miss(self) -> None:
        """Pictures were lost on their way here: what follows cannot be decoded before the next keyframe."""
        self.waiting = True

    def _pump(self) -> None:
        while self._queue and self.in_flight < self.credit:
            if self.dropped:
                self._report()
            chunk = self._queue.popleft()
            self._bytes -= chunk.size
            self.sent += 1
            self._put(chunk.frame)

    def _report(self) -> None:
        word = Dropped(dropped_before=self.dropped, dropped_total=self.total)
        self.dropped = 0
        self._put(binary_frame(Envelope(dropped=word).SerializeToString()))

    def _drop(self, count: int) -> None:
        if self.sent:  # who joins in the middle has missed nothing
            self.dropped += count
            self.total += count

    def _clear(self) -> None:
        self._queue.clear()
        self._bytes = 0
