"""Clients that do not keep to the protocol: readers that stall, and floods."""

import asyncio
import itertools
import json
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

BUFFER = 4096  # bytes that the kernel keeps for a reader that does not read


class Stalled:
    """Comes in and acknowledges nothing; it does not even read, unless it `reads`. digi.v2 or the seed dialect."""

    def __init__(self, address: str, origin: str, cookie: str, *, dialect: str | None, reads: bool = False) -> None:
        self._address = address
        self._options = {"origin": origin, "additional_headers": {"Cookie": cookie}, "compression": None}
        self._options |= {"subprotocols": [dialect] if dialect else None, "proxy": None, "ping_interval": None}
        self._options |= {"max_queue": None if reads else 1, "close_timeout": 0.2}
        self._reads = reads

    async def come(self) -> "Stalled":
        parts = urlsplit(self._address)
        link = socket.socket()
        if not self._reads:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        link.setblocking(False)
        await asyncio.get_running_loop().sock_connect(link, (parts.hostname, parts.port))
        self._link = await connect(self._address, sock=link, **self._options)
        if not self._reads:
            self._link.transport.pause_reading()
        return self

    async def wake(self) -> tuple[list[dict], int | None]:
        """Read everything to the close; the frames, and its code, or None where it did not come for long."""
        if not self._reads:
            self._link.transport.resume_reading()
        frames: list[dict] = []
        try:
            while True:
                frames.append(json.loads(await asyncio.wait_for(self._link.recv(), 20)))
        except TimeoutError:
            return frames, None
        except ConnectionClosed as closed:
            return frames, closed.rcvd.code if closed.rcvd else 1006

    async def leave(self) -> None:
        self._link.transport.abort()
        await self._link.wait_closed()


class Flood:
    """Sends the same kind of frame as fast as the server takes it, and comes again whenever it was thrown out."""

    def __init__(self, address: str, origin: str, cookie: str, *, frame: str, source: str) -> None:
        self._dial = {"uri": address, "origin": origin, "additional_headers": {"Cookie": cookie}, "proxy": None}
        self._dial |= {"subprotocols": ["digi.v2"], "compression": None, "local_addr": (source, 0), "max_queue": None}
        self._frame = frame
        self.sent = 0
        self.closes: Counter = Counter()
        self.errors: Counter = Counter()

    async def run(self, seconds: float, code: int) -> None:
        """For so long, and until it was thrown out with this code, which may take longer on a busy machine."""
        began = time.monotonic()

        def is_enough() -> bool:
            return time.monotonic() > began + seconds + (0 if self.closes[code] else 20)

        while not is_enough():
            with suppress(OSError, TimeoutError, EOFError):
                async with connect(**self._dial) as link:
                    await self._pour(link, is_enough)

    async def _pour(self, link, is_enough: Callable[[], bool]) -> None:
        reader = asyncio.create_task(self._listen(link))
        try:
            for number in itertools.count():
                if is_enough():
                    break
                await link.send(self._frame)
                self.sent += 1
                if number % 20 == 0:
                    await asyncio.sleep(0)  # the others of this process live too
            await link.close()
        except ConnectionClosed:
            pass
        self.closes[await reader] += 1

    async def _listen(self, link) -> int:
        try:
            async for text in link:
                frame = json.loads(text)
                if frame["type"] == "error":
                    self.errors[frame["code"]] += 1
        except ConnectionClosed:
            pass
        return int(link.close_code or 0)
