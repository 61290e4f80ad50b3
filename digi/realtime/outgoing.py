"""The way out of a socket where the server has no short one: ASGI's `send`."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from digi.realtime.wire import content_of

BACKLOG = 4 * 1_048_576  # bytes that may wait for a server that takes no more

Message = dict[str, Any]


class Outgoing:
    """Frames on their way through `send`, which may wait: a task empties it, in order."""

    __slots__ = ("_messages", "_send", "_task", "_waiting")

    def __init__(self, send: Callable[[Message], Awaitable[None]]) -> None:
        self._send = send
        self._messages: deque[Message] = deque()
        self._waiting = 0
        self._task: asyncio.Task[None] | None = None

    def put(self, frames: list[bytes]) -> bool:
        """Queue frames; False when more than `BACKLOG` bytes wait for a server that takes no more."""
        for frame in frames:
            self._waiting += len(frame)
            self._messages.append({"type": "websocket.send"} | content_of(frame))
        self._go_on()
        return self._waiting <= BACKLOG

    def close(self, code: int) -> None:
        self._messages.append({"type": "websocket.close", "code": code})
        self._go_on()

    def _go_on(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._empty())

    async def _empty(self) -> None:
        try:
            while self._messages:
                message = self._messages.popleft()
                await self._send(message)
                self._waiting -= len(message.get("text") or message.get("bytes") or "")
        finally:
            self._task = None
