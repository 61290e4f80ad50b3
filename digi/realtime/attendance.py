"""Which places are taken in this process; what presence is told of their coming and going."""

import asyncio
from typing import Generic
from weakref import WeakKeyDictionary

from digi.realtime.hub import Hub
from digi.realtime.presence import Marks, Place
from digi.realtime.registry import at_every_beat

GRACE = 3.0  # seconds: a page that reloads is not gone
GATHER = 0.1  # seconds in which arrivals are gathered, to be told together


class Attendance(Generic[Place]):
    """Counts a hub's sockets by place."""

    def __init__(self, hub: Hub, marks: Marks[Place]) -> None:
        self._hub, self._marks = hub, marks
        self._sockets: dict[Place, int] = {}
        self._seen: set[Place] = set()  # of other processes, last heard of as taken
        self._arriving: set[Place] = set()

    def enter(self, place: Place) -> None:
        self._sockets[place] = self._sockets.get(place, 0) + 1
        if self._sockets[place] == 1:
            if not self._arriving:
                self._hub.loop.call_later(GATHER, self._tell_arrivals)
            self._arriving.add(place)

    def leave(self, place: Place) -> None:
        self._sockets[place] -= 1
        if not self._sockets[place]:
            del self._sockets[place]
            if not self._hub.loop.is_closed():
                self._hub.loop.call_later(GRACE, self._gone, place)

    def refresh(self, place: Place) -> None:
        """Its person has changed whether they want to be seen, or was reported gone from another process."""
        if place in self._sockets:
            self._hub.helper(self._marks.arrived).submit(place, _ignore)

    def heard(self, place: Place, *, here: bool) -> None:
        """News of a place, from whichever process."""
        if here:
            self._seen.add(place)
        else:
            self._seen.discard(place)

    async def beat(self) -> None:
        here = list(self._sockets)
        if here:
            await asyncio.gather(*(self._hub.helper(self._marks.arrived).ask(place) for place in here))
        away = list(self._seen - self._sockets.keys())
        if away:
            gone = await asyncio.gather(*(self._hub.helper(self._marks.expired).ask(place) for place in away))
            self._seen -= {place for place, is_gone in zip(away, gone, strict=True) if is_gone}

    def _tell_arrivals(self) -> None:
        arriving, self._arriving = self._arriving, set()
        for place in arriving:
            self.refresh(place)

    def _gone(self, place: Place) -> None:
        if place not in self._sockets:
            self._seen.discard(place)  # nobody need ask at the next beat what is said here
            self._hub.helper(self._marks.departed).submit(place, _ignore)


class Book(Generic[Place]):
    """Each hub's attendance over the same marks, looked after at every beat: `book(hub).enter(place)`."""

    def __init__(self, marks: Marks[Place]) -> None:
        self._marks = marks
        self._pages: WeakKeyDictionary[Hub, Attendance[Place]] = WeakKeyDictionary()
        at_every_beat(self._beat)

    def __call__(self, hub: Hub) -> Attendance[Place]:
        found = self._pages.get(hub)
        if found is None:
            found = self._pages[hub] = Attendance(hub, self._marks)
        return found

    async def _beat(self, hub: Hub) -> None:
        await self(hub).beat()


def _ignore(_answer: object) -> None:
    """Presence that could not be told is told at the next beat; the batcher has logged why."""
