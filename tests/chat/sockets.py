"""Clients of `digi.asgi.application` in the tests' own process."""

import asyncio
import inspect
import json
import time
import uuid

from channels.testing import WebsocketCommunicator
from django.db import connections

from chat.connection import issue

PATIENCE = 20.0  # seconds for what should come: less than until a heartbeat, which would mend a lost event and hide it


async def aside(call, *arguments, **options):
    """Run something that wants the database in a thread of its own."""

    def run():
        try:
            return call(*arguments, **options)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


async def eventually(holds, seconds: float = PATIENCE):
    """Wait until `holds()`, or what it awaits, is true; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


def numbers(frames: list[dict]) -> list:
    """The numbers that frames bring, a span for those that were overtaken."""
    return [(frame["from"], frame["to"]) if frame["type"] == "passed" else frame["n"] for frame in frames]


class Closed(AssertionError):
    """The server has closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Visitor:
    """One socket. It passes over presence, whose time nobody knows, unless it `watches`."""

    def __init__(self, link: WebsocketCommunicator) -> None:
        self.link = link
        self.watches = False
        self.subprotocol = None

    async def come(self) -> "Visitor":
        accepted, self.subprotocol = await self.link.connect(timeout=PATIENCE)
        assert accepted, self.subprotocol
        return self

    async def is_let_in(self) -> bool:
        """Knock: is the handshake accepted?"""
        return (await self.link.connect(timeout=PATIENCE))[0]

    async def send(self, text: str) -> None:
        await self.link.send_to(text_data=text)

    async def say(self, **frame) -> None:
        await self.send(json.dumps(frame))

    async def text(self, timeout: float = PATIENCE) -> str:
        """The next frame as it came; `Closed` if it is the end."""
        while True:
            message = await asyncio.wait_for(self.link.output_queue.get(), timeout)
            if message["type"] == "websocket.close":
                raise Closed(message["code"])
            if self.watches or not message["text"].startswith('{"type":"presence"'):
                return message["text"]

    async def hear(self, timeout: float = PATIENCE) -> dict:
        return json.loads(await self.text(timeout))

    async def hear_until(self, kind: str) -> list[dict]:
        """Frames up to the first of this type."""
        found = [await self.hear()]
        while found[-1].get("type") != kind:
            found.append(await self.hear())
        return found

    async def add(self, message: str = "hi", **more) -> dict:
        """Send an add and hear its ok."""
        await self.say(type="add", message=message, **({"cid": str(uuid.uuid4())} | more))
        return (await self.hear_until("ok"))[-1]

    async def end(self, timeout: float = PATIENCE) -> tuple[list[dict], int]:
        """What still comes, and the code that the server closes with."""
        found = []
        try:
            while True:
                found.append(await self.hear(timeout))
        except Closed as closed:
            return found, closed.code

    async def silent(self, seconds: float = 0.25) -> bool:
        """Does nothing come for a while?"""
        try:
            await self.hear(seconds)
        except TimeoutError:
            return True
        return False

    async def go(self) -> None:
        """Leave, as a browser does that closes the page."""
        if not self.link.future.done():
            await self.link.send_input({"type": "websocket.disconnect", "code": 1000})
            await self.link.wait(PATIENCE)


class House:
    """Opens sockets, and closes them when the test is over."""

    def __init__(self, application, cookies: dict[int, str]) -> None:
        self._application = application
        self._cookies = cookies
        self.visitors: list[Visitor] = []

    async def room(self, user, room, dialect: str | None = "digi.v2", **options) -> Visitor:
        """A socket of a room; in digi.v2 after its welcome."""
        visitor = await self.at_door(user, room, dialect, **options).come()
        if dialect == "digi.v2":
            assert (await visitor.hear())["type"] == "welcome"
        return visitor

    async def list(self, user) -> Visitor:
        """A socket of a person's list, after its welcome."""
        visitor = await self.knock(user, "/ws/chat/").come()
        assert (await visitor.hear())["type"] == "welcome"
        return visitor

    def at_door(self, user, room, dialect: str | None = "digi.v2", **options) -> Visitor:
        """A socket of a room that has not been opened yet."""
        return self.knock(user, f"/ws/chat/{issue(room.pk, user.pk)}/", dialect, **options)

    def knock(self, user, path: str, dialect: str | None = "digi.v2", **options) -> Visitor:
        """A socket that has not been opened yet; `cookie` and `headers` replace the person's own."""
        cookie = options.pop("cookie", self._cookies.get(user.pk) if user else None)
        headers = options.pop("headers", [(b"origin", b"http://testserver")])
        headers = [(b"host", b"testserver"), *headers]
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        offered = [dialect] if dialect else []
        link = WebsocketCommunicator(self._application, path, headers=headers, subprotocols=offered)
        link.scope["client"] = ["192.0.2.1", 40_000]
        visitor = Visitor(link)
        self.visitors.append(visitor)
        return visitor

    async def close(self) -> None:
        for visitor in self.visitors:
            await visitor.go()
