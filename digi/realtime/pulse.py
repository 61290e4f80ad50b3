"""What the hub does by the clock: heartbeats, a look at slow readers, and whether sessions still stand."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from digi import memory
from digi.realtime import registry
from digi.realtime.codes import SESSION_ENDED

if TYPE_CHECKING:
    from digi.realtime.hub import Hub

log = logging.getLogger(__name__)

HEARTBEAT = 25  # seconds between heartbeats
WATCH = 5  # seconds between looks at slow readers, and at memory
REVALIDATION = 60  # seconds between looks at sessions
POLL = 1  # seconds between reads of heads while the layer is down
PAGE = 500  # topics or sockets in one query


class Pulse:
    """Four loops that live as long as the hub; an error in one round is logged, and the next round comes."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._tasks: list[asyncio.Task[None]] = []
        self._was_away = False

    def start(self) -> None:
        rounds = ((HEARTBEAT, self._beat), (WATCH, self._watch), (REVALIDATION, self._revalidate), (POLL, self._poll))
        self._tasks = [asyncio.create_task(self._repeat(seconds, work)) for seconds, work in rounds]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(seconds * random.uniform(0.9, 1.0))  # noqa: S311 - jitter, not a secret
            try:
                await work()
            except Exception:
                log.exception("the hub's %s failed", work.__name__)

    async def _beat(self) -> None:
        """Tell every follower its topic's head as the database has it: the hub may have missed a last event."""
        heads = await self._heads()
        for socket in tuple(self._hub.open):
            socket.heartbeat(heads)
        for work in registry.beats:
            await work(self._hub)

    async def _poll(self) -> None:
        """While the layer is away, and once more when it is back, look in the database for what it did not bring."""
        away = not self._hub.link.healthy
        if away or self._was_away:
            heads = await self._heads()
            for socket in tuple(self._hub.open):
                socket.compare(heads)
        self._was_away = away

    async def _heads(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for prefix, read in registry.heads.items():
            names = [name for name in self._hub.topics if name.startswith(f"{prefix}:")]
            for start in range(0, len(names), PAGE):
                part = names[start : start + PAGE]
                found |= (await self._hub.reader(_each(read)).ask(part)) if part else {}
        return found

    async def _watch(self) -> None:
        for socket in tuple(self._hub.open):
            socket.inspect()
        self._hub.aside(memory.give_back)

    async def _revalidate(self) -> None:
        for check in registry.still_valid:
            sockets = [socket for socket in tuple(self._hub.open) if socket.is_of_a_person]
            for start in range(0, len(sockets), PAGE):
                part = sockets[start : start + PAGE]
                answers = await self._hub.reader(_each(check)).ask([socket.identity for socket in part])
                for socket, stands in zip(part, answers, strict=True):
                    if not stands:
                        socket.close(SESSION_ENDED)


_EACH: dict[Callable[[Any], Any], Callable[[list[Any]], list[Any]]] = {}


def _each(work: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    """The same function for the same work, so that the hub keeps one batcher for it."""
    if work not in _EACH:
        _EACH[work] = lambda questions: [work(question) for question in questions]
    return _EACH[work]
