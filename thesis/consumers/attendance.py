"""Who has a thesis open in this process: presence is told of their coming and going, and each beat looks who may."""

import asyncio
from weakref import WeakKeyDictionary

from digi.realtime.hub import Hub
from digi.realtime.registry import at_every_beat
from thesis.services import presence
from thesis.services.presence import Guest

GRACE = 3.0  # seconds: a page that reloads is not gone


class Attendance:
    """Counts a hub's sockets of theses by person and thesis."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._sockets: dict[Guest, int] = {}
        self._seen: set[Guest] = set()  # people of other processes, last heard of as being there

    def enter(self, guest: Guest) -> None:
        self._sockets[guest] = self._sockets.get(guest, 0) + 1
        if self._sockets[guest] == 1:
            self.refresh(guest)

    def leave(self, guest: Guest) -> None:
        self._sockets[guest] -= 1
        if not self._sockets[guest]:
            del self._sockets[guest]
            if not self._hub.loop.is_closed():
                self._hub.loop.call_later(GRACE, self._gone, guest)

    def refresh(self, guest: Guest) -> None:
        self._hub.helper(presence.arrived).submit(guest, _ignore)

    def heard(self, guest: Guest, *, here: bool) -> None:
        """News of somebody, from whichever process."""
        if here:
            self._seen.add(guest)
        else:
            self._seen.discard(guest)
            if guest in self._sockets:  # gone from another process, and still here
                self.refresh(guest)

    async def beat(self) -> None:
        await asyncio.gather(*(self._hub.helper(presence.arrived).ask(guest) for guest in list(self._sockets)))
        away = list(self._seen - self._sockets.keys())
        gone = await asyncio.gather(*(self._hub.helper(presence.expired).ask(guest) for guest in away))
        self._seen -= {guest for guest, is_gone in zip(away, gone, strict=True) if is_gone}

    def _gone(self, guest: Guest) -> None:
        if guest not in self._sockets:
            self._seen.discard(guest)  # nobody need ask at the next beat what is said here
            self._hub.helper(presence.departed).submit(guest, _ignore)


def _ignore(_answer: object) -> None:
    """Presence that could not be told is told at the next beat; the batcher has logged why."""


_books: WeakKeyDictionary[Hub, Attendance] = WeakKeyDictionary()


def attendance(hub: Hub) -> Attendance:
    """The hub's one book."""
    found = _books.get(hub)
    if found is None:
        found = _books[hub] = Attendance(hub)
    return found


async def _beat(hub: Hub) -> None:
    await attendance(hub).beat()


at_every_beat(_beat)
