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
ACK_AFTER = 16_384  # bytes; the server waits at 256 changes or 1 MiB
LATER = {"unavailable", "rate_limited"}  # errors after which the same frame is sent again


class Client:
    """Keeps a copy of a room by numbers, and sends its outbox until everything in it was answered.

    `closes` are the codes of connections that went away; `answers` maps cids to their oks; `put_off` holds errors
    that ask for another try and `strange` all others. Moments are the loop's: `posted` by cid, `seen` by number,
    `arrived` by text. `twice` counts numbers that came again without having been asked for.
    """

    def __init__(self, address: str, origin: str, cookie: str, **options) -> None:
        self._dial = {"uri": address, "origin": origin, "additional_headers": {"Cookie": cookie}, **options}
        self.copy = Copy()
        self.outbox: dict[str, dict] = {}
        self.posted: dict[str, float] = {}
        self.answers: dict[str, dict] = {}
        self.own: list[str] = []
        self.closes: list[int] = []
        self.strange: list[dict] = []
        self.put_off: list[dict] = []
        self.arrived: dict[str, float] = {}
        self.seen: dict[int, float] = {}
        self.twice = 0
        self.heartbeats = 0
        self.live = asyncio.Event()
        self._link: ClientConnection | None = None
        self._running: asyncio.Task | None = None
        self._resuming = False
        self._unacknowledged = 0

    def start(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    def post(self, text: str) -> str:
        """Put a message into the outbox; it is sent at once where nothing older waits for a connection."""
        return self._write(type="add", message=text)

    def edit(self, message_id: str, text: str) -> str:
        return self._write(type="edit", message_id=message_id, message=text)

    def delete(self, message_id: str) -> str:
        self.own.remove(message_id)
        return self._write(type="delete", message_id=message_id)

    def changeable(self) -> list[str]:
        """Ids of its own messages that stand, and of which nothing waits for an answer."""
        waiting = {frame.get("message_id") for frame in self.outbox.values()}
        return [message_id for message_id in self.own if message_id not in waiting]

    async def until(self, holds, seconds: float = 30) -> None:
        """Wait until `holds(self)`; what went wrong with the connection meanwhile is raised here."""
        async with asyncio.timeout(seconds):
            while not holds(self):
                if self._running.done():
                    self._running.result()
                await asyncio.sleep(0.01)

    def texts(self) -> list[str]:
        """What the room says, in order."""
        return [message[3] for message in sorted(self.copy.messages.values())]

    def _write(self, **frame) -> str:
        cid = str(uuid.uuid4())
        self.outbox[cid] = frame
        self.posted[cid] = asyncio.get_running_loop().time()
        if self.live.is_set():
            self._send(cid=cid, **frame)
        return cid

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
        self._link, self._resuming = link, False
        while True:
            text = await link.recv()
            self._unacknowledged += len(text)
            self._hear(json.loads(text))
            if self._unacknowledged > ACK_AFTER:
                self._unacknowledged = 0
                self._send(type="ack", n=self.copy.head)

    def _hear(self, frame: dict) -> None:
        kind = frame["type"]
        if kind == "welcome":
            self._resume()
        elif kind in NUMBERED:
            self._numbered(frame)
        elif kind == "synced":
            self._resuming = False
            self.live.set()
            for cid in list(self.outbox):
                self._again(cid)
        elif kind == "ok":
            self._answered(frame)
        elif kind == "heartbeat":
            self.heartbeats += 1
            if frame["head"] > self.copy.head:
                self._resume()
        elif kind == "error":
            self._told_off(frame)

    def _answered(self, frame: dict) -> None:
        self.answers[frame["cid"]] = frame
        if self.outbox.pop(frame["cid"], {}).get("type") == "add":
            self.own.append(frame["message_id"])

    def _told_off(self, frame: dict) -> None:
        if frame["code"] in LATER and "cid" in frame:
            self.put_off.append(frame)
            asyncio.get_running_loop().call_later(frame.get("retry_after", 0.3), self._again, frame["cid"])
        else:
            self.outbox.pop(frame.get("cid"), None)
            self.strange.append(frame)

    def _again(self, cid: str) -> None:
        if cid in self.outbox and self.live.is_set():
            self._send(cid=cid, **self.outbox[cid])

    def _numbered(self, frame: dict) -> None:
        first, last = (frame["from"], frame["to"]) if frame["type"] == "passed" else (frame["n"], frame["n"])
        if last <= self.copy.head:
            self.twice += not self._resuming
            return
        if first > self.copy.head + 1:
            self._resume()
            return
        self.copy.apply(frame)
        now = asyncio.get_running_loop().time()
        self.seen |= dict.fromkeys(range(first, last + 1), now)
        if "message" in frame:
            self.arrived[frame["message"]] = now

    def _resume(self) -> None:
        if not self._resuming:
            self._resuming = True
            self._send(type="resume", since=self.copy.head)

    def _send(self, **frame) -> None:
        if self._link is not None:
            task = asyncio.ensure_future(self._link.send(json.dumps(frame, ensure_ascii=False)))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
