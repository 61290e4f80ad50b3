"""Viewers of a camera: real sockets that acknowledge, measure, and read the time in every picture."""

import asyncio
import time
from dataclasses import dataclass
from typing import Self

import av
from av.error import FFmpegError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from camera.agent import barcode
from camera.camera_pb2 import CODEC_H264, CameraSettings, Envelope, FlowAck, Heartbeat, Hello, SetSettings, VideoChunk


@dataclass(frozen=True)
class Seen:
    """A picture as it came; moments are seconds since 1970."""

    at: float
    taken: float
    bits: int
    keyframe: bool
    right: bool  # it decoded to one picture, which shows the moment that the chunk names; True where nobody decodes


class Viewer:
    """Watches from `async with` on."""

    def __init__(self, address: str, *, headers: dict[str, str], origin: str = "", decodes: bool = False) -> None:
        self._address, self._headers, self._origin = address, headers, origin
        self._decoder = _Decoder() if decodes else None
        self.seen: list[Seen] = []
        self.dropped = 0
        self.role = ""
        self.said_hello_at = 0.0
        self.close_code: int | None = None
        self._received = self._rtt_ms = 0
        self._asked = 1
        self._wanted: dict[int, int] = {}  # revisions, by the number of the question
        self._done = 0  # the revision that the camera has answered last
        self._told = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._line = await connect(
            self._address,
            subprotocols=[Subprotocol("camera.v1")],
            additional_headers=self._headers,
            origin=Origin(self._origin) if self._origin else None,
            compression=None,
            max_size=2**22,
        )
        await self._line.recv()
        self.said_hello_at = time.time()
        await self._say(Envelope(id=1, hello=Hello(role="viewer", codecs=[CODEC_H264])))
        self._reader = asyncio.create_task(self._read(self._line))
        self._clock = asyncio.create_task(self._measure())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._clock.cancel()
        self._reader.cancel()
        await asyncio.gather(self._reader, self._clock, return_exceptions=True)
        self._line.transport.abort()

    async def stall(self) -> None:
        """Read nothing any more, as a laptop does whose lid was closed."""
        self._clock.cancel()
        self._reader.cancel()
        await asyncio.gather(self._reader, self._clock, return_exceptions=True)
        self._line.transport.pause_reading()

    async def first(self, *, seconds: float = 10) -> Seen:
        """The first picture."""
        async with asyncio.timeout(seconds):
            while not self.seen:
                await asyncio.sleep(0.002)
        return self.seen[0]

    async def set(self, **settings: float) -> None:
        """Ask for settings, and wait until the camera has them."""
        self._asked += 1
        patch = SetSettings(settings=CameraSettings(**settings))  # type: ignore[arg-type]  # by name
        await self._say(Envelope(id=self._asked, set_settings=patch))
        async with asyncio.timeout(10), self._told:
            await self._told.wait_for(lambda: self._wanted.get(self._asked, 2**64) <= self._done)

    def rate(self, start: float, end: float) -> float:
        """Bits a second between two moments."""
        return sum(seen.bits for seen in self.seen if start <= seen.at < end) / (end - start)

    def lags(self) -> list[float]:
        """Seconds from when each picture was taken until it was here."""
        return [seen.at - seen.taken for seen in self.seen]

    async def _read(self, line: ClientConnection) -> None:
        try:
            async for data in line:
                await self._hear(Envelope.FromString(data if isinstance(data, bytes) else data.encode()))
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd else 1006

    async def _hear(self, envelope: Envelope) -> None:
        match envelope.WhichOneof("body"):
            case "video_chunk":
                self._see(envelope.video_chunk)
                await self._say(Envelope(flow_ack=FlowAck(received=self._received, rtt_ms=self._rtt_ms)))
            case "dropped":
                self.dropped = envelope.dropped.dropped_total
            case "hello":
                self.role = envelope.hello.role
            case "heartbeat" if envelope.reply_to:
                self._rtt_ms = max(1, round(time.monotonic() * 1000) - envelope.reply_to)
            case "settings_changed" if envelope.reply_to:
                async with self._told:
                    self._wanted[envelope.reply_to] = envelope.settings_changed.desired.revision
                    self._told.notify_all()
            case "settings_ack":
                async with self._told:
                    self._done = max(self._done, envelope.settings_ack.revision)
                    self._told.notify_all()

    def _see(self, chunk: VideoChunk) -> None:
        self._received += 1
        right = self._decoder.shows_its_time(chunk) if self._decoder else True
        taken = chunk.captured_at_us / 1e6
        self.seen.append(Seen(time.time(), taken, len(chunk.data) * 8, chunk.keyframe, right))

    async def _measure(self) -> None:
        """The round trip, every second; its id is the moment it began."""
        while True:
            await self._say(Envelope(id=round(time.monotonic() * 1000), heartbeat=Heartbeat()))
            await asyncio.sleep(1)

    async def _say(self, envelope: Envelope) -> None:
        await self._line.send(envelope.SerializeToString())


class _Decoder:
    def __init__(self) -> None:
        self._epoch = -1

    def shows_its_time(self, chunk: VideoChunk) -> bool:
        if chunk.stream_epoch != self._epoch:
            self._epoch = chunk.stream_epoch
            self._context = av.CodecContext.create("h264", "r")
        try:
            (frame,) = self._context.decode(av.Packet(chunk.data))
        except (FFmpegError, ValueError):
            return False
        plane = frame.planes[0]
        row = bytes(memoryview(plane)[8 * plane.line_size : 8 * plane.line_size + frame.width])
        return barcode.read(row) == chunk.captured_at_us // 1000 % 2**32
