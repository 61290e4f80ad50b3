"""Daphne's server with our protocols, our access log, a lifespan and an orderly end."""

import asyncio
import os
import signal
import socket
import sys
from functools import partial
from typing import Any

from daphne import server
from daphne.access import AccessLogGenerator
from daphne.http_protocol import HTTPFactory
from daphne.ws_protocol import WebSocketFactory
from django.conf import settings
from twisted.internet import defer, reactor
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure

from digi.server.access import AccessLines, redact
from digi.server.drain import Drain
from digi.server.endpoints import CannotListen, complaint, endpoint
from digi.server.freezer import Freezer
from digi.server.inbox import Inbox
from digi.server.lifespan import Lifespan, StartupFailed
from digi.server.requests import BoundedHTTPFactory, BoundedRequest
from digi.server.sockets import Socket
from digi.server.workers import Chain

PROBES = {"/healthz", "/readyz"}


class Server(server.Server):
    """Serves like Daphne, once the application has started up, until it has drained.

    Bodies, and what waits for a slow reader, stay within the settings' limits. A worker among others takes
    connections from `shared`, its own listening socket, in place of the endpoints, and tells the `chain` that it does.
    `status` is what the process shall exit with.
    """

    status = 0
    _answering: Any = None

    def __init__(
        self, *args: Any, shared: socket.socket | None = None, chain: Chain | None = None, **options: Any
    ) -> None:
        access = options.get("action_logger")
        if settings.DIGI_LOG_FORMAT == "json" and isinstance(access, AccessLogGenerator):
            options["action_logger"] = AccessLines(access.stream)
        super().__init__(*args, **options)
        self.shared, self.chain = shared, chain
        self.ports: list[Any] = []
        self.lifespan = Lifespan(self.application)
        self.drain = Drain(self)
        self.freezer = Freezer()

    # The beginning and the end.

    def run(self) -> None:
        self._asked_for: list[str] = self.endpoints
        self.endpoints: list[str] = []  # they listen once the application is ready
        reactor.callWhenRunning(self._begin)
        super().run()

    def _begin(self) -> None:
        if self.signal_handlers:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: reactor.callFromThread(self.drain.ask))
        if self.chain is not None:
            self.chain.watch(asyncio.get_event_loop(), self.drain.ask)
        self._beginning = asyncio.ensure_future(self._start())

    async def _start(self) -> None:
        try:
            await self.lifespan.startup()
        except StartupFailed as error:
            sys.stderr.write(f"Digi does not start: {error}\n")
            self._fail()
            return
        if self.drain.asked:
            return
        try:
            self._listen()
        except CannotListen as error:
            sys.stderr.write(f"Digi cannot listen {error}\n")
            self._fail()
            return
        self.freezer.freeze(len(self.connections))

    def _listen(self) -> None:
        if self.shared is not None:
            listening = [("", _adopted(self.shared, self.http_factory))]
        else:
            endpoints = [(text, endpoint(text)) for text in self._asked_for]  # all are understood before one listens
            listening = [(text, one.listen(self.http_factory)) for text, one in endpoints]
        for text, deferred in listening:
            deferred.addCallbacks(self.listen_success, self.listen_error, errbackArgs=(text,))
            self.listeners.append(deferred)

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.ports.append(port)
        address = port.getHost()
        if hasattr(address, "port"):
            name = f"[{address.host}]" if ":" in address.host else address.host
            scheme = "https" if isinstance(port.factory, TLSMemoryBIOFactory) else "http"
            sys.stdout.write(f"Digi listens at {scheme}://{name}:{address.port}\n")
        else:
            sys.stdout.write(f"Digi listens at {os.fsdecode(address.name)}\n")
        sys.stdout.flush()
        if self.chain is not None:
            self.chain.say_listening()

    def listen_error(self, failure: Failure, endpoint: str = "") -> None:
        sys.stderr.write(complaint(failure.value, endpoint))
        self._fail()

    def _fail(self) -> None:
        if not self.status:
            self.status = 1
            self.stop()

    def kill_all_applications(self) -> Any:
        """End what a drain has left running. Daphne's own stumbles over connections whose application has ended."""
        running = [details.get("application_instance") for details in self.connections.values()]
        running = [one for one in running if one is not None and not one.done()]
        for one in running:
            one.cancel()
        return defer.Deferred.fromFuture(asyncio.gather(*running, return_exceptions=True))

    # Connections.

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
        factory.protocol = Socket
        self._ws_factory = factory

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """As Daphne's; sockets get a slim queue and, as ASGI extensions, the short ways of `Socket`.

        The root path of a request's header counts where a proxy is trusted; elsewhere anybody could have written it.
        """
        if not settings.DIGI_TRUSTED_PROXIES:
            scope["root_path"] = self.root_path
        if scope["type"] != "websocket":
            return super().create_application(protocol, scope)
        scope |= {"asgi": {"version": "3.0"}, "extensions": _short_ways(protocol)}
        inbox: Any = Inbox() if "slim" in settings.DIGI_FAST else asyncio.Queue()
        running = self.application(scope=scope, receive=inbox.get, send=partial(self.handle_reply, protocol))
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(running)
        return inbox

    async def handle_reply(self, protocol: Any, message: Any) -> None:
        """As Daphne's; whoever answers waits while the network does not take what was answered."""
        if message["type"] == "http.response.start":
            names = [value.decode("latin-1") for name, value in message.get("headers", ()) if name == b"X-Request-ID"]
            protocol.request_id = names[0] if names else ""
        self._answering = protocol
        try:
            await super().handle_reply(protocol, message)
        finally:
            self._answering = None  # what Daphne answers by itself is nobody's
        if isinstance(protocol, BoundedRequest):
            await protocol.drained()

    def timeout_checker(self) -> None:
        super().timeout_checker()
        self.freezer.look(len(self.connections))

    def log_action(self, protocol: str, action: str, details: dict[str, Any]) -> None:
        if action == "connecting" or (details["path"] in PROBES and details.get("status") == 200):
            return  # what becomes of a socket is said in a moment; and probes come every few seconds, for ever
        told = {**details, "path": redact(details["path"])}
        if protocol == "http":
            told["request_id"] = getattr(self._answering, "request_id", "")
        super().log_action(protocol, action, told)


def _short_ways(socket: Socket) -> dict[str, Any]:
    ways = {"send": ("digi.write", socket.write), "receive": ("digi.listen", socket.listen)}
    chosen = dict(way for switch, way in ways.items() if switch in settings.DIGI_FAST)
    return chosen | {"digi.widen": socket.widen}


def _adopted(listener: socket.socket, factory: HTTPFactory) -> Any:
    with listener:  # Twisted listens at a copy
        return defer.maybeDeferred(reactor.adoptStreamPort, listener.fileno(), listener.family, factory)
