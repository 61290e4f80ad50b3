"""What waits for a socket's application."""

import asyncio
from typing import Any

Message = dict[str, Any]


class Inbox:
    """What Daphne needs of `asyncio.Queue`, for one reader: an idle one holds 3 KiB less."""

    __slots__ = ("_messages", "_waiter")

    def __init__(self) -> None:
        self._messages: list[Message] | None = None
        self._waiter: asyncio.Future[None] | None = None

    def put_nowait(self, message: Message) -> None:
        if self._messages is None:
            self._messages = [message]
        else:
            self._messages.append(message)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> Message:
        while self._messages is None:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self.get_nowait()

    def empty(self) -> bool:
        return self._messages is None

    def get_nowait(self) -> Message:
        """The first message. Raises `asyncio.QueueEmpty`."""
        if self._messages is None:
            raise asyncio.QueueEmpty
        message = self._messages.pop(0)
        if not self._messages:
            self._messages = None
        return message
