"""Sockets of Digi's server without a network: a real handshake, bytes in by hand, bytes out to a string."""

import asyncio
from contextlib import suppress

from daphne.ws_protocol import WebSocketFactory
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport

from digi.server.options import MESSAGE_SIZE
from digi.server.server import Server
from digi.server.sockets import Socket

HANDSHAKE = (
    b"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Transport(StringTransport):
    """With the parts of a TCP transport that are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.dataBuffer, self.offset, self._tempDataLen = b"", 0, 0

    def unregisterProducer(self) -> None:  # noqa: N802 - Twisted's name
        self.producer = None


class Door:
    """One open socket whose application writes down what reaches it; `listens` by the short way, or by the queue."""

    def __init__(self, *, listens: bool, limit: int = MESSAGE_SIZE) -> None:
        self.listens = listens
        self.heard: list[object] = []
        server = Server(self._application, endpoints=["tcp:0"])
        server.connections = {}  # Daphne makes it when it runs
        factory = WebSocketFactory(server, server="")
        factory.protocol = Socket
        factory.setProtocolOptions(maxFramePayloadSize=limit, maxMessagePayloadSize=limit)
        self.socket = factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
        self.socket._raw_query_string = b""
        self.transport = Transport()

    async def open(self) -> "Door":
        self.socket.makeConnection(self.transport)
        self.socket.dataReceived(HANDSHAKE)
        await _turns()
        assert self.socket.state == self.socket.STATE_OPEN
        self.transport.clear()
        return self

    async def receive(self, *parts: bytes) -> None:
        for part in parts:
            if self.transport.disconnecting:
                break
            self.socket.dataReceived(part)
        await _turns()

    @property
    def said(self) -> bytes:
        """What went to the network after the handshake."""
        return self.transport.value()

    async def _application(self, scope, receive, send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        if self.listens:
            scope["extensions"]["digi.listen"](self.heard.append)
        with suppress(asyncio.CancelledError):
            while (message := await receive())["type"] != "websocket.disconnect":
                self.heard.append(message.get("text", message.get("bytes")))


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
