"""Who is at the door: a socket's session or token, before it is accepted."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError

from digi.accounts.sockets import identify, identify_tokens
from digi.realtime.doors import Application, Receive, Scope, Send, address, bearer, cookie, refuse
from digi.realtime.hub import hub


class SignedIn:
    """Puts `identity` and `client` into the scope of people's sockets; strangers get HTTP 403."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            identity = await _identity(scope)
        except DatabaseError:  # the batcher has logged it; the client comes again
            identity = None
        if identity is None:
            await refuse(scope, receive, send)
            return
        await self._application({**scope, "identity": identity, "client": (address(scope), 0)}, receive, send)


async def _identity(scope: Scope) -> Any:
    token = bearer(scope)
    if token:
        return await hub().reader(identify_tokens).ask(token)
    session_key = cookie(scope, settings.SESSION_COOKIE_NAME)
    return await hub().reader(identify).ask(session_key) if session_key else None
