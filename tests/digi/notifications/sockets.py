"""Clients of the inbox's socket in the tests' own process."""

from digi.asgi import application
from tests.chat.sockets import House, Visitor

PATH = "/ws/notifications/"


class Inboxes(House):
    """Opens sockets of inboxes, and closes them when the test is over."""

    def __init__(self, cookies: dict[int, str]) -> None:
        super().__init__(application, cookies)

    async def come(self, user, last_id: int | None = None, **options) -> Visitor:
        """A socket after its welcome, which is kept as `visitor.welcome`."""
        visitor = await self.knock(user, PATH, None, **options).come()
        await visitor.say(type="hello", **({} if last_id is None else {"last_id": last_id}))
        visitor.welcome = await visitor.hear()
        return visitor


async def frames(visitor, count: int) -> list[dict]:
    return [await visitor.hear() for _ in range(count)]
