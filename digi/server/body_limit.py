"""A bound on HTTP bodies that holds under every ASGI server; `digi.server.requests` is its twin inside Daphne."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]  # Django types its own a little differently


class _TooLarge(Exception):
    """More came than the limit."""


def refusal(limit: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of the 413 answer."""
    problem = {
        "type": "about:blank",
        "title": "Content Too Large",
        "status": 413,
        "detail": f"A request may hold at most {limit} bytes.",
        "code": "too_large",
        "limit": limit,
    }
    body = json.dumps(problem).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    return headers, body


def body_limit(application: Application) -> Application:
    """Wrap an ASGI application: a body over DIGI_BODY_LIMIT bytes gets 413 as problem+json.

    A declared length is refused before anything is read; a body of unknown length is counted as it comes.
    """

    async def limited(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return

        limit: int = settings.DIGI_BODY_LIMIT
        if _declared(scope) > limit:
            await _refuse(send, limit)
            return

        answered = False
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await application(scope, counted, watched)
        except _TooLarge:
            if answered:
                raise
            await _refuse(send, limit)

    return limited


def _declared(scope: Message) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send, limit: int) -> None:
    headers, body = refusal(limit)
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
