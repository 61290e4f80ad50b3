"""What stands before every socket: the origin check, who connects too often, and the end of unknown paths.

A browser sends cookies with any site's WebSocket, and neither CORS nor CSRF tokens cover that: the Origin header
does. Refusals come before the accept, as HTTP 403, and say nothing.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from digi.addresses import address_of
from digi.realtime.hub import hub

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """End a handshake with HTTP 403. Also the route of last resort: an unrouted path would answer 500."""
    await receive()
    await send({"type": "websocket.close"})


def header(scope: Scope, name: bytes) -> str:
    """A request header, or an empty string; the last one wins where it comes twice."""
    found = ""
    for key, value in scope.get("headers", ()):
        if key == name:
            found = value.decode("latin-1")
    return found


def cookie(scope: Scope, name: str) -> str:
    return str(parse_cookie(header(scope, b"cookie")).get(name, ""))


def bearer(scope: Scope) -> str:
    """The token of an Authorization header, or an empty string."""
    kind, _, token = header(scope, b"authorization").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def address(scope: Scope) -> str:
    """The client's address, as far as the trusted proxies can tell; empty over a UNIX socket."""
    return address_of(header(scope, b"x-forwarded-for"), (scope.get("client") or ("",))[0])


def is_at_home(origin: str, host: str) -> bool:
    """Is this Origin one of DIGI_PUBLIC_ORIGINS, scheme, host and port alike?

    With none set, which only development may do: is it the request's own Host?
    """
    if settings.DIGI_PUBLIC_ORIGINS:
        return origin in settings.DIGI_PUBLIC_ORIGINS
    return bool(settings.DEVELOPMENT and host and origin in (f"http://{host}", f"https://{host}"))


class OriginCheck:
    """Lets through what comes from our own pages, and programs that show a token instead of a cookie."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = header(scope, b"origin")
        welcome = is_at_home(origin, header(scope, b"host")) if origin else bool(bearer(scope))
        if not welcome or hub().buckets.take("connects", address(scope)):
            await refuse(scope, receive, send)
            return
        await self._application(scope, receive, send)
