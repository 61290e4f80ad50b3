"""Files, again and again, and lavfi's graphs: whatever can be read faster than it plays."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import cast

import av
from av.container import InputContainer

from camera.agent.backoff import Backoff
from camera.agent.capabilities import common
from camera.agent.sources.source import TROUBLE, Away
from camera.camera_pb2 import CameraSettings

_LATE = 1.0  # seconds; whoever is further behind goes on from here instead of catching up


class Player:
    """Plays at the speed the pictures were made for. What has ended or is missing is tried again, later and later."""

    def __init__(self, name: str, *, format: str | None = None, looped: bool = False) -> None:
        self.capabilities = common(f"{format or 'file'}:{name}"[:120])
        self.fixed = CameraSettings()
        self._name, self._format, self._looped = name, format, looped
        self._backoff = Backoff(longest=5)
        self._again_at = 0.0
        self._reason = ""
        self._container: InputContainer | None = None
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._shown: av.VideoFrame | None = None
        self._coming: av.VideoFrame | None = None
        self._began = 0.0  # the moment of the pictures' time 0

    def adjust(self, settings: CameraSettings) -> None:
        pass  # its pictures are as large as they are, and are scaled

    def picture(self) -> av.VideoFrame:
        now = time.monotonic()
        if self._container is None:
            self._open(now)
        if now - self._due(now) > _LATE:
            self._began = now - self._time_of(self._coming)
        while self._due(now) <= now:
            self._step(now)
        return cast(av.VideoFrame, self._shown)

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
        self._container = self._shown = self._coming = None
        self._frames = iter(())

    def _open(self, now: float) -> None:
        if now < self._again_at:
            raise Away(self._reason)
        try:
            self._container = av.open(self._name, format=self._format)
            self._frames = self._container.decode(video=0)
            self._shown = self._coming = next(self._frames)
        except (*TROUBLE, StopIteration) as error:
            raise self._away(f"It cannot be opened: {_words(error)}.", now) from error
        self._began = now - self._time_of(self._coming)

    def _step(self, now: float) -> None:
        """Show the picture that was coming, and fetch the one after."""
        self._shown = self._coming
        try:
            self._coming = next(self._frames, None)
        except TROUBLE as error:
            raise self._away(f"It cannot be read: {_words(error)}.", now) from error
        if self._coming is not None:
            self._backoff.reset()
            return
        if not self._looped:
            raise self._away("It has ended.", now)
        last = self._shown
        self.close()
        self._open(now)
        self._shown, self._began = last, self._began + 0.04  # what follows the last picture is the first

    def _away(self, reason: str, now: float) -> Away:
        self.close()
        self._reason, self._again_at = reason, now + self._backoff.next()
        return Away(reason)

    def _due(self, now: float) -> float:
        return now + 1 if self._coming is None else self._began + self._time_of(self._coming)

    @staticmethod
    def _time_of(frame: av.VideoFrame | None) -> float:
        with suppress(AttributeError, TypeError):
            return float(frame.time)  # type: ignore[union-attr]
        return 0.0


def _words(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or "no video"
