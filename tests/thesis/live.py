"""Clients of a thesis's socket in the tests' own process."""

from digi.asgi import application
from digi.realtime import outbox
from tests.chat.sockets import PATIENCE, House, Visitor


def path(thesis) -> str:
    return f"/ws/theses/{thesis.uuid}/"


class Workspaces(House):
    """Opens sockets of theses, and closes them when the test is over."""

    def __init__(self, cookies: dict[int, str]) -> None:
        super().__init__(application, cookies)

    async def come(self, user, thesis, *, since: int | None = None, stream: str | None = None, **options) -> Visitor:
        """A socket after welcome and backlog, which are kept as `visitor.welcome` and `visitor.backlog`."""
        visitor = await self.knock(user, path(thesis), None, **options).come()
        known = {} if since is None else {"since": since, "stream": stream}
        await visitor.say(type="hello", v=1, **known)
        visitor.welcome = await hear(visitor)
        visitor.backlog = []
        while (frame := await hear(visitor))["type"] != "synced":
            visitor.backlog.append(frame)
        visitor.synced = frame
        return visitor


async def hear(visitor: Visitor, timeout: float = PATIENCE) -> dict:
    """The next frame that is not about presence."""
    while (frame := await visitor.hear(timeout))["type"].startswith("presence."):
        pass
    return frame


async def hear_presence(visitor: Visitor) -> tuple[str, str]:
    while not (frame := await visitor.hear())["type"].startswith("presence."):
        pass
    return frame["type"], frame["user"]


async def hears_nothing(visitor: Visitor, seconds: float = 0.25) -> bool:
    """Does nothing but presence come for a while?"""
    try:
        await hear(visitor, seconds)
    except TimeoutError:
        return True
    return False


def lost(call, *arguments, **options):
    """Do it, and lose what it would have told."""
    with outbox.collected():
        call(*arguments, **options)
