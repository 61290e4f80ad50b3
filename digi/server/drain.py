"""An orderly end: nobody new, nobody cut off in the middle, everybody told."""

import asyncio
import logging
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from twisted.internet import defer

from digi.server.sockets import Socket

if TYPE_CHECKING:
    from digi.server.server import Server

log = logging.getLogger(__name__)

SETTLE = 0.2  # seconds in which what sockets have said already is stored and answered
STEP = 0.02  # seconds between looks at what still runs
HERD = 200  # sockets that are told to go in one turn of the loop


class Drain:
    """Listeners close, requests finish within DIGI_DRAIN_SECONDS, sockets get 1012, then the application shuts down."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._task: asyncio.Task[None] | None = None
        self.asked = False

    def ask(self) -> None:
        """Begin, on the event loop; whoever asks twice is in a hurry, and the process ends at once."""
        if self.asked:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)
            return
        self.asked = True
        self._task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        deadline = time.monotonic() + settings.DIGI_DRAIN_SECONDS
        try:
            await self._close_doors()
            await self._send_sockets_away(deadline)
            await self._wait(deadline)
            await asyncio.wait_for(self._server.lifespan.shutdown(), max(1.0, deadline - time.monotonic()))
        except Exception:
            log.exception("the server did not drain in order")
        finally:
            self._server.stop()

    async def _close_doors(self) -> None:
        closing = [defer.maybeDeferred(port.stopListening) for port in self._server.ports]
        await defer.DeferredList(closing, consumeErrors=True).asFuture(asyncio.get_running_loop())

    async def _send_sockets_away(self, deadline: float) -> None:
        sockets = [one for one in self._server.connections if isinstance(one, Socket)]
        if not sockets:
            return
        for one in sockets:
            one.transport.pauseProducing()
        await asyncio.sleep(min(SETTLE, max(0.0, deadline - time.monotonic())))
        for start in range(0, len(sockets), HERD):
            for one in sockets[start : start + HERD]:
                one.transport.resumeProducing()  # for the client's half of the goodbye
                one.go_away()
            await asyncio.sleep(0)

    async def _wait(self, deadline: float) -> None:
        while (left := self._running()) and time.monotonic() < deadline:
            await asyncio.sleep(STEP)
        if left:
            log.warning("%d connections had not finished after %s s", left, settings.DIGI_DRAIN_SECONDS)

    def _running(self) -> int:
        return sum(_runs(details) for details in self._server.connections.values())


def _runs(details: dict[str, Any]) -> bool:
    application = details.get("application_instance")
    return application is not None and not application.done()
