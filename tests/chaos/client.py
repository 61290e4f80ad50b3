"""A digi.v2 client as docs/protocols/chat.md asks for: numbers, an outbox, acknowledgements, reconnects."""

import asyncio
import json
import random
import uuid
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.chat.storms import Copy

NUMBERED = {"add", "edit", "delete", "member", "setting", "passed"}


class Client:
    """Keeps a copy of a room by numbers, and sends its outbox until everything in it was answered.

    `closes` are the codes of connections that went away; `answers` maps cids to their oks; `strange` holds errors.
    """

    def __init__(self, address: str, origin: str, cookie: str) -> None:
        self._dial = {"uri": address, "origin": origin, "additional_headers": {"Cookie": cookie}}
        self.copy = Copy()
        self.outbox: dict[str, str] = {}
        self.answers: dict[str, dict] = {}
        self.closes: list[int] = []
        self.strange: list[dict] = []
        self.arrived: dict[str, float] = {}
        self.live = asyncio.Event()
        self._link: ClientConnection | None = None
        self._running: asyncio.Task | None = None
        self._resuming = False

    def start(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    def post(self, text: str) -> str:
        """Put a message into the outbox; it is sent at once where nothing older waits for a connection."""
        cid = str(uuid.uuid4())
        self.outbox[cid] = text
        if self.live.is_set():
            self._send(type="add", cid=cid, message=text)
        return cid

    async def until(self, holds, seconds: float = 15) -> None:
        async with asyncio.timeout(seconds):
            while not holds(self):
                await asyncio.sleep(0.01)

    def texts(self) -> list[str]:
        """What the room says, in order."""
        return [message[3] for message in sorted(self.copy.messages.values())]

    async def _run(self) -> None:
        while True:
            try:
                async with connect(**self._dial, subprotocols=["digi.v2"], compression=None, proxy=None) as link:
                    await self._talk(link)
            except ConnectionClosed as closed:
                self.closes.append(closed.rcvd.code if closed.rcvd else 1006)
            except (OSError, InvalidHandshake, TimeoutError, EOFError):
                pass
            self.live.clear()
            self._link = None
            await asyncio.sleep(0.05 + random.random() * 0.1)

    async def _talk(self, link: ClientConnection) -> None:
        self._link = link
        while True:
            frame = json.loads(await link.recv())
            self._hear(frame)

    def _hear(self, frame: dict) -> None:
        kind = frame["type"]
        if kind == "welcome":
            self._resume()
        elif kind in NUMBERED:
            self._numbered(frame)
        elif kind == "synced":
            self._resuming = False
            self.live.set()
            for cid, text in list(self.outbox.items()):
                self._send(type="add", cid=cid, message=text)
        elif kind == "ok":
            self.answers[frame["cid"]] = frame
            self.outbox.pop(frame["cid"], None)
        elif kind == "heartbeat" and frame["head"] > self.copy.head:
            self._resume()
        elif kind == "error":
            self.strange.append(frame)

    def _numbered(self, frame: dict) -> None:
        first, last = (frame["from"], frame["to"]) if frame["type"] == "passed" else (frame["n"], frame["n"])
        if last <= self.copy.head:
            return
        if first > self.copy.head + 1:
            self._resume()
            return
        self.copy.apply(frame)
        if "message" in frame:
            self.arrived[frame["message"]] = asyncio.get_running_loop().time()
        if self.copy.head % 50 == 0:
            self._send(type="ack", n=self.copy.head)

    def _resume(self) -> None:
        if not self._resuming or not self.live.is_set():
            self._resuming = True
            self._send(type="resume", since=self.copy.head)

    def _send(self, **frame) -> None:
        if self._link is not None:
            task = asyncio.ensure_future(self._link.send(json.dumps(frame)))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
