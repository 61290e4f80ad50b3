"""HTTP requests whose body is bounded while it arrives."""

import asyncio
import time
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings
from twisted.web.http import HTTPChannel

from digi.server.body_limit import refusal
from digi.server.sockets import unsent

HIGH_WATER = 1_048_576  # bytes of an answer that may wait for the network
STEP = 0.01  # seconds between looks at them
SILENCE = 60  # seconds in which a reader takes nothing


class BoundedRequest(WebRequest):
    """Refuses a body over DIGI_BODY_LIMIT by its declared length, or once more than that has come.

    Daphne collects the whole body, on disk from 100 kB on, before the application sees the request, so that a limit
    inside the application comes too late. What a refused client still sends is dropped unread until it notices the
    answer: closing at once would reset the connection and lose the answer on its way.
    """

    received = 0
    refused = False

    def gotLength(self, length: int | None) -> None:
        over = length is not None and length > settings.DIGI_BODY_LIMIT
        super().gotLength(0 if over else length)
        if over:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        self.received += len(data)
        if self.refused:
            if self.received > 8 * settings.DIGI_BODY_LIMIT:
                self.channel.abortConnection()
        elif self.received > settings.DIGI_BODY_LIMIT:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def process(self) -> Any:
        if self.refused:
            if isinstance(self.channel, HTTPChannel):
                self.channel.loseConnection()  # type: ignore[no-untyped-call]
            else:
                self._answer_refused_stream()
            return None
        if self.channel.factory.server.drain.asked:
            self.setHeader(b"connection", b"close")  # the next request goes to whoever comes after this process
        return super().process()

    async def drained(self) -> None:
        """Wait until the network has taken most of the answer so far: a large one is never held whole.

        A reader that takes nothing for a minute is hung up on. HTTP/2 has windows of its own.
        """
        held, since = self._held(), time.monotonic()
        while held > HIGH_WATER:
            await asyncio.sleep(STEP)
            now = self._held()
            if now < held:
                held, since = now, time.monotonic()
            elif time.monotonic() - since > SILENCE:
                self.channel.abortConnection()
                return

    def _held(self) -> int:
        channel = getattr(self, "channel", None)  # it is taken away when the answer is finished
        return unsent(channel) if isinstance(channel, HTTPChannel) else 0

    def _refuse(self) -> None:
        self.refused = True
        if not isinstance(self.channel, HTTPChannel):
            return  # a stream of HTTP/2 is answered at its end; the others beside it go on
        self.requestHeaders.removeHeader(b"expect")  # else "100 Continue" would follow the answer
        headers, body = refusal(settings.DIGI_BODY_LIMIT)
        lines = [b"HTTP/1.1 413 Content Too Large", b"connection: close"]
        lines += [name + b": " + value for name, value in headers]
        self.channel.write(b"\r\n".join([*lines, b"", body]))  # type: ignore[no-untyped-call]

    def _answer_refused_stream(self) -> None:
        headers, body = refusal(settings.DIGI_BODY_LIMIT)
        self.setResponseCode(413)
        for name, value in headers:
            self.setHeader(name, value)
        self.write(body)
        self.finish()


class BoundedHTTPFactory(HTTPFactory):
    """Makes HTTP/1.1 connections of bounded requests."""

    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol
