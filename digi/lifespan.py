"""What the application does before its first connection and after its last."""

import logging
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from digi.realtime.hub import hub
from digi.server.body_limit import Receive, Send

log = logging.getLogger(__name__)


async def lifespan(scope: Any, receive: Receive, send: Send) -> None:
    """The ASGI lifespan: read the addresses and start the hub; at the end, store what waits and close the threads."""
    await receive()
    try:
        _read_ahead()
        delivery = hub()
    except Exception as error:
        log.exception("start-up failed")
        await send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
        return
    await send({"type": "lifespan.startup.complete"})

    await receive()
    await delivery.close()
    await send({"type": "lifespan.shutdown.complete"})


def _read_ahead() -> None:
    """All addresses and words, which Django reads for the first visitor in each language: 40 ms of the interpreter."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            reverse("account_login")
