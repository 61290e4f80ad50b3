"""DIGI_BENCH lifts the limits and hands out sessions: whatever serves it, only this machine gets an answer."""

from django.conf import settings

from digi.environment import loopback_only
from digi.server.body_limit import Application, Message, Receive, Send


def keep_bench_at_home(application: Application) -> Application:
    """Wrap an ASGI application: under DIGI_BENCH a client from another machine gets 403."""
    if not settings.DIGI_BENCH:
        return application

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if client and not loopback_only(client[0]):
            await _refuse(scope, send)
        else:
            await application(scope, receive, send)

    return guarded


async def _refuse(scope: Message, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body", "body": b"DIGI_BENCH=1 serves this machine only.\n"})
