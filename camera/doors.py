"""Who comes to a camera without being a person: agents by token, recorders by ticket, the seed's own client.

Everybody else goes the way of all sockets: origin, session or token. Who is refused here never gets a socket.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError

from camera.models import DEFAULT
from camera.services import entrance, tickets, tokens
from digi.realtime.doors import Application, Receive, Scope, Send, address, bearer, cookie, header, refuse
from digi.realtime.hub import hub

AGENT, RECORDER, ANYBODY = "agent", "recorder", "anybody"
_CAMERA = re.compile(r"/ws/camera/(?:(?P<slug>[a-z0-9-]{1,60})/)?\Z")


@dataclass(frozen=True, slots=True)
class Machine:
    """An agent, a recorder, or anybody who reads the default camera's settings. `user_id` is nobody's."""

    kind: str
    user_id: int
    camera_id: int | None = None
    token_id: int = 0

    @property
    def username(self) -> str:
        return ""

    @property
    def credential(self) -> str:
        return f"{self.kind}:{self.user_id}"

    def grants(self, scope: str) -> bool:
        return self.kind != AGENT and scope == "cameras:read"


class CameraDoor:
    """Puts the `identity` of machines into the scope of cameras' sockets; `people` is the way of everybody else."""

    def __init__(self, application: Application, people: Application) -> None:
        self._application = application
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _CAMERA.search(scope["path"])
        shown = bearer(scope)
        is_machine = shown.startswith((tokens.PREFIX, tickets.PREFIX))
        if found is None or not (is_machine or _is_seed(scope, found["slug"], shown)):
            await self._people(scope, receive, send)
            return
        machine = None
        if not hub().buckets.take("connects", address(scope)):
            machine = await _machine(shown)
        if machine is None:
            await refuse(scope, receive, send)
            return
        await self._application({**scope, "identity": machine, "client": (address(scope), 0)}, receive, send)


def _is_seed(scope: Scope, slug: str | None, shown: str) -> bool:
    """Does this ask for no more than DIGI_CAMERA_PUBLIC lets anybody have?"""
    if shown or header(scope, b"origin") or cookie(scope, settings.SESSION_COOKIE_NAME):
        return False
    return (slug or DEFAULT) == DEFAULT and _is_near(scope, settings.DIGI_CAMERA_PUBLIC)


def _is_near(scope: Scope, reach: str) -> bool:
    """Does the client stand within `loopback` or `lan`, as far as can be known?"""
    if reach == "off" or _came_through_an_unknown_proxy(scope):
        return False
    try:
        client = ip_address(address(scope))
    except ValueError:  # over a UNIX socket
        return False
    client = getattr(client, "ipv4_mapped", None) or client
    return client.is_loopback or (reach == "lan" and client.is_private)


def _came_through_an_unknown_proxy(scope: Scope) -> bool:
    """Behind a proxy that is not counted everybody would be near."""
    return not settings.DIGI_TRUSTED_PROXIES and bool(
        header(scope, b"x-forwarded-for") or header(scope, b"forwarded") or header(scope, b"x-real-ip")
    )


async def _machine(shown: str) -> Machine | None:
    if not shown:
        return Machine(ANYBODY, 0)
    if shown.startswith(tickets.PREFIX):
        camera_id = tickets.read(shown)
        return Machine(RECORDER, -2 * camera_id - 1, camera_id) if camera_id else None
    try:
        known: tuple[int, int] | None = await hub().reader(entrance.knocked).ask(shown)
    except DatabaseError:  # the batcher has logged it; the agent comes again
        return None
    return Machine(AGENT, -2 * known[0], *known) if known else None
