"""Sockets whose unread output is bounded."""

import logging
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from digi.server.access import redact

log = logging.getLogger(__name__)


class BoundedSocket(WebSocketProtocol):
    """Drops a connection whose reader has stalled, before its output fills the memory.

    Daphne hands every frame to Twisted, which keeps what the network does not take. A digi.v2 client is held back by
    its acknowledgements long before; this bounds every other one.
    """

    def serverSend(self, content: Any, binary: bool = False) -> None:
        super().serverSend(content, binary)
        if unsent(self.transport) > settings.DIGI_LIMIT_OUTBOUND:
            log.warning("a reader stalled and was dropped: %s", redact(self.path.decode("ascii")))
            self.dropConnection(abort=True)

    def __repr__(self) -> str:
        return f"<socket {redact(self.path.decode('ascii'))} of {self.client_addr}>"


def unsent(transport: Any) -> int:
    """Bytes that Twisted holds for this connection; under TLS those of the connection beneath."""
    while hasattr(transport, "transport"):
        transport = transport.transport
    if transport is None:
        return 0
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)
