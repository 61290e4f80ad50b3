"""The application's lifespan (ASGI 3): where start-up and shutdown work has its home."""

import asyncio
import logging
from typing import Any

from digi.server.body_limit import Application, Message

log = logging.getLogger(__name__)


class StartupFailed(Exception):
    """The application cannot start; the message says why."""


class Lifespan:
    """Runs the application's lifespan beside its connections. An application without one is served all the same."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._to_application: asyncio.Queue[Message] = asyncio.Queue()
        self._from_application: asyncio.Queue[Message] = asyncio.Queue()

    async def startup(self) -> None:
        """Returns once the application is ready. Raises `StartupFailed`."""
        self._task = asyncio.create_task(self._run())
        answer = await self._ask("startup")
        if answer == "lifespan.startup.failed":
            raise StartupFailed(self._said or "its start-up failed.")

    async def shutdown(self) -> None:
        """Let the application tidy up; an error there is logged and holds nothing up."""
        if not self._task.done():
            await self._ask("shutdown")

    async def _ask(self, phase: str) -> str:
        self._to_application.put_nowait({"type": f"lifespan.{phase}"})
        answer = asyncio.create_task(self._from_application.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            return ""
        message = answer.result()
        self._said = str(message.get("message", ""))
        if message["type"] == "lifespan.shutdown.failed":
            log.error("the application did not shut down in order: %s", self._said)
        return str(message["type"])

    async def _run(self) -> None:
        scope: dict[str, Any] = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        try:
            await self._application(scope, self._to_application.get, self._tell)
        except Exception as error:  # ASGI: it does not know lifespans
            log.debug("the application has no lifespan: %r", error)

    async def _tell(self, message: Message) -> None:
        self._from_application.put_nowait(message)
