"""What the application does before its first connection and after its last."""

import logging
from typing import Any

from django.urls import get_resolver

from digi.realtime.hub import hub
from digi.server.body_limit import Receive, Send

log = logging.getLogger(__name__)


async def lifespan(scope: Any, receive: Receive, send: Send) -> None:
    """The ASGI lifespan: read the URLs and start the hub; at the end, store what waits and close the threads."""
    await receive()
    try:
        get_resolver().url_patterns  # noqa: B018 - read now, not while the first visitor waits
        delivery = hub()
    except Exception as error:
        log.exception("start-up failed")
        await send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
        return
    await send({"type": "lifespan.startup.complete"})

    await receive()
    await delivery.close()
    await send({"type": "lifespan.shutdown.complete"})
