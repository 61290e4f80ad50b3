"""What somebody sees who decodes the agent's chunks."""

import threading
import time
from collections.abc import Callable

import av

from camera.agent import barcode
from camera.agent.pipeline import Pipeline
from camera.agent.sources import Source, opened
from camera.camera_pb2 import CODEC_H264, Demand, Envelope, SettingsAck, VideoChunk

PATIENCE = 30.0  # seconds for what should come, on a machine that does other things


class Running:
    """A pipeline and everything it has made so far."""

    def __init__(self, source: str | Source) -> None:
        self.made: list[Envelope] = []
        source = opened(source) if isinstance(source, str) else source
        self.pipeline = Pipeline(source, self.made.append)
        self._thread = threading.Thread(target=self.pipeline.run)

    def __enter__(self) -> "Running":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.pipeline.stop()
        self._thread.join(PATIENCE)

    def demand(self, *, h264: bool = True, jpeg_fps: float = 0) -> None:
        self.pipeline.demand(Demand(h264=h264, jpeg_fps=jpeg_fps))

    def chunks(self, codec: int = CODEC_H264) -> list[VideoChunk]:
        bodies = [envelope.video_chunk for envelope in tuple(self.made) if envelope.HasField("video_chunk")]
        return [chunk for chunk in bodies if chunk.codec == codec]

    def acks(self) -> list[SettingsAck]:
        return [envelope.settings_ack for envelope in tuple(self.made) if envelope.HasField("settings_ack")]


def until(ready: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


def decoded(chunks: list[VideoChunk]) -> list[av.VideoFrame]:
    """The pictures; each chunk must give exactly one."""
    decoder = av.CodecContext.create("h264", "r")
    frames = []
    for chunk in chunks:
        decoder.flags |= av.codec.context.Flags.low_delay
        pictures = decoder.decode(av.Packet(chunk.data))
        assert len(pictures) == 1, chunk.seq
        frames += pictures
    return frames


def luma(frame: av.VideoFrame, y: int) -> bytes:
    """One row of brightness."""
    plane = frame.planes[0]
    return bytes(plane)[y * plane.line_size : y * plane.line_size + frame.width]


def brightness(frame: av.VideoFrame) -> float:
    """The mean below the strip with the time."""
    rows = b"".join(luma(frame, y) for y in range(frame.height // 10, frame.height, 7))
    return sum(rows) / len(rows)


def time_in(frame: av.VideoFrame) -> int | None:
    return barcode.read(luma(frame, 8))
