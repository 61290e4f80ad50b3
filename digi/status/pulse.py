"""What each server process does at its hub's heartbeat: it says that it lives, and measures where nobody has yet."""

from typing import Any

from digi.status.models import Kind
from digi.status.services import processes, sampling


async def beat(hub: Any) -> None:
    """In the thread for what nobody waits for; heartbeats come at least twice a minute."""
    sockets = len(hub.open)
    people = {socket.identity.user_id for socket in tuple(hub.open) if socket.is_of_a_person}
    hub.aside(lambda: processes.lives(Kind.SERVER, sockets=sockets, people=people))
    hub.aside(sampling.sample)
