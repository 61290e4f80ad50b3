"""What waits for the network: bounded, and what does not fit is left out so that decoding stays whole."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from camera.camera_pb2 import CODEC_H264, Envelope, VideoChunk

PICTURES = 30
BYTES = 512 * 1024
WORDS = 256  # messages that are no pictures; more than that wait only on a server that reads nothing


class _Waiting(NamedTuple):
    data: bytes
    codec: int  # 0: no picture


class Outbox:
    """Used from the event loop alone. On overflow H.264 begins anew with a keyframe, for which `want_keyframe` asks."""

    def __init__(self, want_keyframe: Callable[[], None]) -> None:
        self._want_keyframe = want_keyframe
        self._queue: deque[_Waiting] = deque()
        self._bytes = 0
        self._broken = False  # H.264 waits for a keyframe
        self._filled = asyncio.Event()
        self.dropped = 0
        self.sent_bits = 0  # of H.264

    def put(self, envelope: Envelope) -> None:
        """Queue a message, or leave it out."""
        if envelope.WhichOneof("body") == "video_chunk":
            self._put_picture(envelope, envelope.video_chunk)
        elif sum(not waiting.codec for waiting in self._queue) < WORDS:
            self._append(envelope, codec=0)

    async def next(self) -> bytes:
        """The next message to send."""
        while not self._queue:
            self._filled.clear()
            await self._filled.wait()
        data, codec = self._queue.popleft()
        self._bytes -= len(data)
        self.sent_bits += len(data) * 8 if codec == CODEC_H264 else 0
        return data

    def _put_picture(self, envelope: Envelope, chunk: VideoChunk) -> None:
        if chunk.codec != CODEC_H264:
            self._drop(chunk.codec)  # of single pictures only the newest is worth anything
            self._append(envelope, codec=chunk.codec)
            return

        if self._broken and not chunk.keyframe:
            self.dropped += 1
            return
        if sum(waiting.codec == CODEC_H264 for waiting in self._queue) >= PICTURES or self._bytes >= BYTES:
            self._drop(CODEC_H264)
            if not chunk.keyframe:
                self.dropped += 1
                self._broken = True
                self._want_keyframe()
                return
        self._broken = False
        self._append(envelope, codec=CODEC_H264)

    def _append(self, envelope: Envelope, *, codec: int) -> None:
        data = envelope.SerializeToString()
        self._queue.append(_Waiting(data, codec))
        self._bytes += len(data)
        self._filled.set()

    def _drop(self, codec: int) -> None:
        kept = [waiting for waiting in self._queue if waiting.codec != codec]
        self.dropped += len(self._queue) - len(kept) if codec == CODEC_H264 else 0
        self._queue = deque(kept)
        self._bytes = sum(len(waiting.data) for waiting in kept)
