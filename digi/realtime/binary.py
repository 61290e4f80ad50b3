"""The base of sockets that speak binary frames, such as video: the same order of business, limits of their own."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from digi.environment import Rate
from digi.errors import Invalid, RateLimited
from digi.realtime import codes
from digi.realtime.limits import Bucket
from digi.realtime.sockets import MAX_BYTES, Message, Socket

WIDEN = "digi.widen"  # an ASGI extension of Digi's own server; see digi.server.sockets


class BinarySocket(Socket):
    """As `Socket`; `frame` decodes bytes. Sent is what `wire.binary_frame` makes.

    `pace` names the limit in DIGI_LIMITS that one connection's frames keep, `volume` that of their bytes.
    """

    pace = "frames"
    volume = ""

    def __init__(self) -> None:
        super().__init__()
        self.largest = MAX_BYTES
        self._volume: Bucket | None = None

    def frame(self, data: bytes) -> Any:  # type: ignore[override]
        raise NotImplementedError

    def widen(self, largest: int) -> None:
        """From now on frames of up to so many bytes are taken."""
        self.largest = largest
        extensions = self.scope.get("extensions") or {}
        widen: Callable[[int], None] | None = extensions.get(WIDEN)
        if widen is not None:
            widen(largest)

    def _received(self, message: Message) -> None:
        data = message.get("bytes")
        self._read(message.get("text") or "" if data is None else data)

    def _read(self, content: str | bytes) -> None:
        if self.closed:
            return
        if isinstance(content, str):
            self.strike(Invalid("Frames are binary.", code="bad_frame"))
            return
        if len(content) > self.largest:
            self.close(codes.TOO_LARGE)
            return
        if not self._flows(len(content)):
            self.close(codes.RATE)
            return
        try:
            frame = self.frame(content)
        except Invalid as error:
            self.strike(error)
            return
        self._answer(frame)

    def _flows(self, size: int) -> bool:
        """Is that within the bytes that one connection may send?"""
        if not self.volume or settings.DIGI_BENCH:
            return True
        if self._volume is None:
            self._volume = Bucket(settings.DIGI_LIMITS[self.volume])
        return not self._volume.take(size)

    def _hold_back(self) -> None:
        if settings.DIGI_BENCH:
            return
        if self._bucket is None:
            rate: Rate = settings.DIGI_LIMITS[self.pace]
            self._bucket = Bucket(rate)
        wait = self._bucket.take()
        if wait:
            raise RateLimited("Too fast.", retry_after=round(wait, 2))
