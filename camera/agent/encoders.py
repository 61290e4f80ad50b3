"""Both renditions of one picture, and the numbers their chunks bear."""

import time

import av

from camera.agent.h264 import H264, decoder_of
from camera.agent.jpeg import Jpeg
from camera.camera_pb2 import CODEC_H264, CODEC_JPEG, CameraSettings, Codec, Envelope, VideoChunk


class Encoders:
    """Chunks of the pictures of a camera. A new size begins a new epoch: decoders begin anew with it."""

    def __init__(self) -> None:
        self.epoch = 0
        self._size = (0, 0)
        self._next = dict.fromkeys((CODEC_H264, CODEC_JPEG), 1)
        self._h264: tuple[int, H264] | None = None  # with its frame rate
        self._jpeg: Jpeg | None = None
        self._keyframe_at_us = 0

    def fit(self, size: tuple[int, int]) -> None:
        """Pictures are of this size from now on."""
        if size == self._size:
            return
        self._size, self._h264, self._jpeg = size, None, None
        self._next = dict.fromkeys((CODEC_H264, CODEC_JPEG), 1)
        self.epoch = max(self.epoch + 1, int(time.time()))  # above every epoch of an earlier run, too

    def next_seq(self, codec: Codec = CODEC_H264) -> int:
        """The number of the chunk that is made next."""
        return self._next[codec]

    def rest(self) -> None:
        """Nobody looks: what comes after a pause begins with a keyframe, from a fresh encoder."""
        self._h264 = None

    def h264(self, frame: av.VideoFrame, settings: CameraSettings, *, taken_us: int, keyframe: bool) -> Envelope:
        """The picture as an access unit; a keyframe where one is asked for, is due, or begins the stream."""
        encoder = self._fitting(settings)
        since = taken_us - self._keyframe_at_us  # below 0 after the clock was set back
        due = not 0 <= since < settings.keyframe_interval_ms * 1000
        data, is_key = encoder.encode(frame, at_us=taken_us, keyframe=keyframe or due)
        envelope = self._chunk(CODEC_H264, data, taken_us)
        if is_key:
            self._keyframe_at_us = taken_us
            envelope.video_chunk.keyframe = True
            envelope.video_chunk.decoder = decoder_of(data)
        return envelope

    def jpeg(self, frame: av.VideoFrame, *, taken_us: int) -> Envelope:
        """The picture by itself."""
        self._jpeg = self._jpeg or Jpeg(width=frame.width, height=frame.height)
        envelope = self._chunk(CODEC_JPEG, self._jpeg.encode(frame, at_us=taken_us), taken_us)
        envelope.video_chunk.keyframe = True
        return envelope

    def _fitting(self, settings: CameraSettings) -> H264:
        if self._h264 is None or self._h264[0] != settings.fps:
            width, height = self._size
            encoder = H264(width=width, height=height, fps=settings.fps, bitrate=settings.bitrate_bps)
            self._h264 = (settings.fps, encoder)
        encoder = self._h264[1]
        encoder.bitrate = settings.bitrate_bps
        return encoder

    def _chunk(self, codec: Codec, data: bytes, taken_us: int) -> Envelope:
        width, height = self._size
        chunk = VideoChunk(stream_epoch=self.epoch, seq=self._next[codec], captured_at_us=taken_us, data=data)
        chunk.codec, chunk.width, chunk.height = codec, width, height
        self._next[codec] += 1
        return Envelope(video_chunk=chunk)
