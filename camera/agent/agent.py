"""One camera's line to its server: it comes again and again, and what the server asks goes to the pipeline."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable

from google.protobuf.message import DecodeError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from camera.agent import VERSION
from camera.agent.backoff import Backoff
from camera.agent.outbox import Outbox
from camera.agent.pipeline import Pipeline
from camera.agent.sources import Source
from camera.camera_pb2 import Demand, Envelope, Heartbeat, Hello, Stats

logger = logging.getLogger("camera.agent")

SUBPROTOCOL = Subprotocol("camera.v1")
_KERNEL = 128 * 1024  # bytes that may wait in the socket: what is there cannot be left out any more
_SILENCE = 3  # heartbeats missed before the line counts as dead
_SETTLED = 5.0  # seconds after which a line counts as good
_PATIENCE = 6  # attempts before anybody is told that the server does not answer


class TakenOver(Exception):
    """A newer agent publishes this camera; to come again would only throw that one out."""


class Agent:
    """Runs until it is cancelled or another agent takes the camera over."""

    def __init__(self, *, address: str, token: Callable[[], str], source: Source) -> None:
        self._address, self._token, self._source = address, token, source
        self._pipeline = Pipeline(source, self._deliver)
        self._outbox = Outbox(self._pipeline.want_keyframe)
        self._loop: asyncio.AbstractEventLoop
        self._largest = 2**31
        self._silence = 15.0  # seconds
        self._taken_over = False

    async def run(self) -> None:
        """Connect, and after every loss connect again. Raises `TakenOver`."""
        self._loop = asyncio.get_running_loop()
        pictures = asyncio.create_task(asyncio.to_thread(self._pipeline.run))
        line = asyncio.create_task(self._keep_line())
        try:
            done, _ = await asyncio.wait({pictures, line}, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            self._pipeline.stop()
            while not line.done():  # a cancellation that meets the end of a connection may get lost
                line.cancel()
                await asyncio.wait({line}, timeout=3)
            await asyncio.gather(pictures, line, return_exceptions=True)

    async def _keep_line(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self._attempt(backoff)
            except (OSError, TimeoutError, InvalidHandshake) as error:
                _tell(error, backoff.tries)
            self._pipeline.demand(Demand())
            await asyncio.sleep(backoff.next())

    async def _attempt(self, backoff: Backoff) -> None:
        token = self._token()
        if not token:
            return

        headers = {"Authorization": f"Bearer {token}"}
        async with connect(
            self._address, subprotocols=[SUBPROTOCOL], additional_headers=headers, compression=None, close_timeout=2,
            max_size=2**20, write_limit=2**14, user_agent_header=f"digi-camera-agent/{VERSION}",
        ) as connection:  # fmt: skip
            _narrow(connection)
            self._outbox = Outbox(self._pipeline.want_keyframe)
            self._outbox.put(Envelope(id=1, hello=self._hello()))
            self._outbox.put(Envelope(capabilities=self._source.capabilities))
            await self._talk(connection, backoff)

    async def _talk(self, connection: ClientConnection, backoff: Backoff) -> None:
        """Until the line breaks: send, listen, report."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send(connection))
                tasks.create_task(self._report())
                tasks.create_task(self._listen(connection, backoff))
        except* ConnectionClosed as group:
            if self._taken_over:
                raise TakenOver from group
            raise OSError(str(group.exceptions[0])) from group
        except* TimeoutError as group:
            raise TimeoutError("the server has fallen silent") from group

    async def _listen(self, connection: ClientConnection, backoff: Backoff) -> None:
        await self._next(connection)  # the settings alone, as every client gets them
        logger.info("Connected to %s.", self._address)
        connected_at = time.monotonic()
        while True:
            data = await self._next(connection)
            if time.monotonic() - connected_at > _SETTLED:
                backoff.reset()
            if isinstance(data, bytes):
                self._hear(data)

    async def _next(self, connection: ClientConnection) -> str | bytes:
        """What the server says; `TimeoutError` if it falls silent.

        Not by `asyncio.wait_for`: in Python 3.11 it forgets a cancellation that comes together with a message.
        """
        async with asyncio.timeout(self._silence):
            return await connection.recv()

    async def _send(self, connection: ClientConnection) -> None:
        while True:
            data = await self._outbox.next()
            if len(data) <= self._largest:
                await connection.send(data)

    async def _report(self) -> None:
        """Tell the server every second how it goes."""
        before = self._reading()
        while True:
            await asyncio.sleep(1)
            now = self._reading()
            past, pictures, encoded, bits = (new - old for new, old in zip(now, before, strict=True))
            before = now
            stats = Stats(fps=pictures / past, bitrate_bps=int(bits / past), frames=int(now[1]))
            stats.dropped, stats.no_signal = self._outbox.dropped, self._pipeline.figures.no_signal
            stats.encode_ms = encoded / pictures * 1000 if pictures else 0
            self._outbox.put(Envelope(stats=stats))

    def _reading(self) -> tuple[float, float, float, float]:
        figures = self._pipeline.figures
        return time.monotonic(), figures.pictures, figures.encode_seconds, self._outbox.sent_bits

    def _hear(self, data: bytes) -> None:
        try:
            envelope = Envelope.FromString(data)
        except DecodeError:
            logger.warning("The server has sent what is no message; it was passed over.")
            return
        match envelope.WhichOneof("body"):
            case "hello":
                self._largest = envelope.hello.max_bytes or self._largest
                self._silence = _SILENCE * (envelope.hello.heartbeat_ms or 5000) / 1000
            case "settings_changed":
                self._pipeline.order(envelope.settings_changed.desired)
            case "demand":
                self._pipeline.demand(envelope.demand)
            case "keyframe_request":
                self._pipeline.want_keyframe()
            case "heartbeat" if envelope.id and not envelope.reply_to:
                now = time.time_ns() // 1000
                self._outbox.put(Envelope(reply_to=envelope.id, heartbeat=Heartbeat(now_us=now, received_us=now)))
            case "error":
                self._taken_over = envelope.error.code == "taken_over"
                logger.warning("The server says: %s (%s)", envelope.error.message, envelope.error.code)

    def _hello(self) -> Hello:
        return Hello(
            software=f"digi-camera-agent {VERSION}",
            role="agent",
            codecs=self._source.capabilities.codecs,
            now=time.time_ns() // 1_000_000,
        )

    def _deliver(self, envelope: Envelope) -> None:
        """Called by the pipeline's thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, envelope)

    def _put(self, envelope: Envelope) -> None:
        self._outbox.put(envelope)


def _narrow(connection: ClientConnection) -> None:
    raw = connection.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _tell(error: Exception, tries: int) -> None:
    """Say once that the line is gone, and not every time that it is still gone."""
    if isinstance(error, InvalidStatus) and error.response.status_code in (401, 403) and tries == _PATIENCE:
        logger.warning("The server refuses the token; it is tried again from time to time.")
    elif tries == _PATIENCE:
        logger.warning("The server does not answer: %s; it is tried again from time to time.", error)
