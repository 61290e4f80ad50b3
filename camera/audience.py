"""Who watches a camera, in this process and in the others: what is worth making, and how many people watch."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from camera.chunks import H264
from camera.events import Watched, camera_topic
from digi.realtime.layer import PROCESS

EXPIRY = 12  # seconds after which a process that says nothing has nobody
JPEG_FPS = 10.0  # while somebody watches them
THUMBNAIL_FPS = 0.5


class Watcher(Protocol):
    """A viewer, as it is counted; `person` is None for the recorder."""

    codec: int

    @property
    def person(self) -> int | None: ...
    @property
    def watches(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Count:
    people: int = 0
    h264: int = 0
    jpeg: int = 0


class Audience:
    """The counts of all processes; what others say expires."""

    def __init__(self, camera_id: int) -> None:
        self._camera_id = camera_id
        self._others: dict[str, tuple[Count, float]] = {}
        self.here = Count()

    def count(self, viewers: Iterable[Watcher]) -> bool:
        """Count this process's viewers; has anything changed?"""
        before, watching = self.here, [one for one in viewers if one.watches]
        people = {one.person for one in watching} - {None}
        h264 = sum(one.codec == H264 for one in watching)
        self.here = Count(len(people), h264, len(watching) - h264)
        return self.here != before

    def heard(self, event: Watched) -> None:
        if event.process != PROCESS:
            self._others[event.process] = (Count(event.people, event.h264, event.jpeg), time.monotonic())

    def word(self) -> Watched:
        """What the other processes are told."""
        topic, here = camera_topic(self._camera_id), self.here
        people, h264, jpeg = here.people, here.h264, here.jpeg
        return Watched(topic=topic, camera_id=self._camera_id, process=PROCESS, people=people, h264=h264, jpeg=jpeg)

    @property
    def elsewhere(self) -> bool:
        """Does anybody watch in another process?"""
        return any(count.h264 or count.jpeg for count in self._present())

    @property
    def people(self) -> int:
        return self.here.people + sum(count.people for count in self._present())

    @property
    def demand(self) -> tuple[bool, float]:
        """H.264 or not, and how many JPEGs a second."""
        everywhere = [self.here, *self._present()]
        return any(one.h264 for one in everywhere), JPEG_FPS if any(one.jpeg for one in everywhere) else THUMBNAIL_FPS

    def _present(self) -> list[Count]:
        now = time.monotonic()
        self._others = {name: one for name, one in self._others.items() if now - one[1] < EXPIRY}
        return [count for count, _at in self._others.values()]
