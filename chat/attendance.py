"""Which people have a chat open in this process; what presence is told of their coming and going."""

import asyncio
from weakref import WeakKeyDictionary

from chat.services import presence
from digi.realtime.hub import Hub
from digi.realtime.registry import at_every_beat

GRACE = 3.0  # seconds: a page that reloads is not gone
GATHER = 0.1  # seconds in which arrivals are gathered, to be told together


class Attendance:
    """Counts a hub's chat sockets by person."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._sockets: dict[int, int] = {}
        self._seen: set[int] = set()  # people of other processes, last heard of as being here
        self._arriving: set[int] = set()

    def enter(self, user_id: int) -> None:
        self._sockets[user_id] = self._sockets.get(user_id, 0) + 1
        if self._sockets[user_id] == 1:
            if not self._arriving:
                self._hub.loop.call_later(GATHER, self._tell_arrivals)
            self._arriving.add(user_id)

    def leave(self, user_id: int) -> None:
        self._sockets[user_id] -= 1
        if not self._sockets[user_id]:
            del self._sockets[user_id]
            if not self._hub.loop.is_closed():
                self._hub.loop.call_later(GRACE, self._gone, user_id)

    def refresh(self, user_id: int) -> None:
        """The person has changed whether they want to be seen, or was reported gone from another process."""
        if user_id in self._sockets:
            self._hub.helper(presence.arrived).submit(user_id, _ignore)

    def heard(self, user_id: int, state: str) -> None:
        """News of somebody, from whichever process."""
        if state == "online":
            self._seen.add(user_id)
        else:
            self._seen.discard(user_id)

    async def beat(self) -> None:
        here = list(self._sockets)
        if here:
            await asyncio.gather(*(self._hub.helper(presence.arrived).ask(user) for user in here))
        away = list(self._seen - self._sockets.keys())
        if away:
            gone = await asyncio.gather(*(self._hub.helper(presence.expired).ask(user) for user in away))
            self._seen -= {user for user, is_gone in zip(away, gone, strict=True) if is_gone}

    def _tell_arrivals(self) -> None:
        arriving, self._arriving = self._arriving, set()
        for user_id in arriving:
            self.refresh(user_id)

    def _gone(self, user_id: int) -> None:
        if user_id not in self._sockets:
            self._seen.discard(user_id)  # nobody need ask at the next beat what is said here
            self._hub.helper(presence.departed).submit(user_id, _ignore)


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
