"""Daphne's WebSocket protocol with bounded output and, for whole text frames, shorter ways in and out."""

import logging
import time
from collections.abc import Callable
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet.tcp import Connection

from digi.server.access import redact
from digi.server.receiving import whole_texts

log = logging.getLogger(__name__)

RESTART = 1012  # the close code of a server that goes away for a moment (RFC 6455, 7.4, as registered)


class Socket(WebSocketProtocol):
    """Drops a connection whose reader has stalled; offers the application `write` and `listen`.

    Daphne hands every frame to Twisted, which keeps what the network does not take. A digi.v2 client is held back by
    its acknowledgements long before; the high-water mark bounds every other one.
    """

    heard: Callable[[str | bytes], None] | None = None

    # Out.

    def serverSend(self, content: Any, binary: bool = False) -> None:
        super().serverSend(content, binary)
        self._drop_stalled_reader()

    def write(self, frames: bytes) -> None:
        """Send text frames that are ready for the wire, all at once.

        They are tried on the network itself, where it is plain TCP and nothing waits before them; Twisted keeps what
        is not taken.
        """
        if self.state != self.STATE_OPEN:
            return
        rest = frames[_sent(self.transport, frames) :]
        if rest:
            self.transport.write(rest)
            self._drop_stalled_reader()

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """As autobahn's, for the handshake's answer and whatever else goes its way; tried on the network first."""
        if not sync and not chopsize and not self.send_queue and "send" in settings.DIGI_FAST:
            data = data[_sent(self.transport, data) :]
        if data:
            super().sendData(data, sync, chopsize)

    def _drop_stalled_reader(self) -> None:
        if unsent(self.transport) > settings.DIGI_LIMIT_OUTBOUND:
            log.warning("a reader stalled and was dropped: %s", redact(self.path.decode("ascii")))
            self.dropConnection(abort=True)

    # In.

    def listen(self, heard: Callable[[str | bytes], None]) -> None:
        """Hand messages to `heard` from now on, those that wait in the application's queue first."""
        waiting = []
        while not self.application_queue.empty():
            waiting.append(self.application_queue.get_nowait())
        self.heard = heard
        for message in waiting:
            if message["type"] != "websocket.receive":
                self.application_queue.put_nowait(message)
            else:
                text = message.get("text")
                self._hear(message["bytes"] if text is None else text)

    def dataReceived(self, data: bytes) -> None:
        if self.heard is not None and self._awaits_a_frame():
            texts, taken = whole_texts(data, self.maxFramePayloadSize)
            if texts:
                self.last_ping = time.time()
            for text in texts:
                self._hear(text)
            data = data[taken:]
        if data:
            super().dataReceived(data)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N803 - autobahn's name
        if self.heard is None or self.muted:
            super().onMessage(payload, isBinary)
        else:
            self.last_ping = time.time()
            self._hear(payload if isBinary else payload.decode())

    def _awaits_a_frame(self) -> bool:
        """Is autobahn in the middle of nothing: no frame, no message, no bytes, no unanswered ping?"""
        return (
            self.state == self.STATE_OPEN
            and not self.data
            and self.current_frame is None
            and not self.inside_message
            and self.autoPingTimeoutCall is None
            and not self.muted
        )

    def _hear(self, content: str | bytes) -> None:
        if self.heard is None or self.state != self.STATE_OPEN:
            return
        try:
            self.heard(content)
        except Exception:  # as where the application itself fails
            log.exception("a frame was not handled: %r", self)
            self.sendCloseFrame(code=1011)

    def check_timeouts(self) -> None:
        """As Daphne's, which after the clock was put back an hour would not ping anybody for an hour."""
        self.last_ping = min(self.last_ping, time.time())
        super().check_timeouts()

    def widen(self, largest: int) -> None:
        """Take messages of up to so many bytes from now on: an agent's pictures are larger than what people write."""
        self.maxFramePayloadSize = self.maxMessagePayloadSize = largest

    # The handshake's leftovers.

    def onOpen(self) -> None:
        super().onOpen()
        if "slim" in settings.DIGI_FAST:
            self._forget_the_handshake()

    def _forget_the_handshake(self) -> None:
        """What was said at the start is in the scope; kept here as well it would be 5 KiB for each open socket."""
        self.request: Any = _Path(self.request.path)  # the access log asks for it at the end
        for name in _LEFTOVERS:
            if name in self.__dict__:
                setattr(self, name, None)

    def go_away(self) -> None:
        """Close for a restart: after what was sent, with the code that makes clients come again."""
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=RESTART, reasonUtf8=b"restart")
        elif self.state == self.STATE_CONNECTING:
            self.dropConnection(abort=True)

    def __repr__(self) -> str:
        return f"<socket {redact(self.path.decode('ascii'))} of {self.client_addr}>"


_LEFTOVERS = (
    "_transport_details",
    "_wskey",
    "application_deferred",
    "clean_headers",
    "http_headers",
    "http_request_data",
    "http_request_params",
    "http_request_uri",
    "http_response_data",
    "http_status_line",
    "websocket_origin",
)


class _Path:
    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path


def unsent(transport: Any) -> int:
    """Bytes that Twisted holds for this connection; under TLS those of the connection beneath."""
    while hasattr(transport, "transport"):
        transport = transport.transport
    if transport is None:
        return 0
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


def _sent(transport: Any, data: bytes) -> int:
    """Try the network: the number of bytes it took, 0 where the ordinary way is the only one."""
    plain = isinstance(transport, Connection) and not transport.TLS
    if not plain or transport.dataBuffer or transport._tempDataLen or transport.disconnecting:
        return 0
    try:
        return int(transport.socket.send(data))
    except OSError:  # the ordinary way meets it again, and deals with it
        return 0
