"""Daphne's server with our protocols, our access log and plain words at the start."""

import os
import sys
from typing import Any

from daphne import server
from daphne.http_protocol import HTTPFactory
from daphne.ws_protocol import WebSocketFactory
from twisted.internet.error import CannotListenError
from twisted.python.failure import Failure

from digi.server.access import redact
from digi.server.requests import BoundedHTTPFactory
from digi.server.sockets import BoundedSocket

PROBES = {"/healthz", "/readyz"}


class Server(server.Server):
    """Serves like Daphne; bodies, and what waits for a slow reader, stay within the settings' limits."""

    @property
    def http_factory(self) -> HTTPFactory:
        return self._http_factory

    @http_factory.setter
    def http_factory(self, _: HTTPFactory) -> None:
        self._http_factory = BoundedHTTPFactory(self)  # Daphne's run() offers no other place

    @property
    def ws_factory(self) -> WebSocketFactory:
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, factory: WebSocketFactory) -> None:
        factory.protocol = BoundedSocket
        self._ws_factory = factory

    def log_action(self, protocol: str, action: str, details: dict[str, Any]) -> None:
        if details["path"] in PROBES and details.get("status") == 200:
            return  # every few seconds, for ever
        super().log_action(protocol, action, {**details, "path": redact(details["path"])})

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        address = port.getHost()
        if hasattr(address, "port"):
            name = f"[{address.host}]" if ":" in address.host else address.host
            sys.stdout.write(f"Digi listens at http://{name}:{address.port}\n")
        else:
            sys.stdout.write(f"Digi listens at {os.fsdecode(address.name)}\n")
        sys.stdout.flush()

    def listen_error(self, failure: Failure) -> None:
        error = failure.value
        if isinstance(error, CannotListenError):
            reason = getattr(error.socketError, "strerror", None) or error.socketError
            if isinstance(error.port, bytes):  # a UNIX socket's path
                sys.stderr.write(f"Digi cannot listen at {os.fsdecode(error.port)}: {reason}.\n")
            else:
                where = f"{error.interface}:{error.port}"
                sys.stderr.write(f"Digi cannot listen at {where}: {reason}. DIGI_HOST and DIGI_PORT choose another.\n")
        else:
            sys.stderr.write(f"Digi cannot listen: {failure.getErrorMessage()}\n")
        self.stop()
