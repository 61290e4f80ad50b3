"""H.264 as WebCodecs takes it: Annex B, SPS and PPS before every IDR, no B-frames; the bitrate follows at once."""

from fractions import Fraction

import av
from av.video.frame import PictureType

CEILING = 8_000_000  # bit/s
_BUFFER = 400_000  # bits; x264 widens it to three pictures where that is more
_MICROSECONDS = Fraction(1, 1_000_000)


class H264:
    """One encoder; another size or frame rate takes another one."""

    def __init__(self, *, width: int, height: int, fps: int, bitrate: int) -> None:
        self.width, self.height = width, height
        self._context = context = av.CodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.framerate, context.time_base = Fraction(fps), _MICROSECONDS
        # x264 lets a bitrate move only where it was opened as CBR, and never above what it was opened with.
        context.bit_rate = CEILING
        context.options = {
            "preset": "superfast", "tune": "zerolatency", "profile": "baseline", "forced-idr": "1", "sc_threshold": "0",
            "maxrate": str(CEILING), "bufsize": str(_BUFFER), "g": "1000000",
        }  # fmt: skip
        context.thread_count = 1 if width * height <= 640 * 480 else 2
        context.open()
        self.bitrate = bitrate

    @property
    def bitrate(self) -> int:
        """Bits a second; may change between any two pictures."""
        return self._context.bit_rate or 0

    @bitrate.setter
    def bitrate(self, bitrate: int) -> None:
        self._context.bit_rate = bitrate

    def encode(self, frame: av.VideoFrame, *, at_us: int, keyframe: bool) -> tuple[bytes, bool]:
        """One access unit, and whether decoding may begin with it. `at_us` grows from call to call."""
        frame.pts, frame.time_base = at_us, _MICROSECONDS
        frame.pict_type = PictureType.I if keyframe else PictureType.NONE
        packets = self._context.encode(frame)
        return b"".join(map(bytes, packets)), any(packet.is_keyframe for packet in packets)


def decoder_of(keyframe: bytes) -> str:
    """The WebCodecs codec string of an access unit that holds an SPS, such as `avc1.42C01E`."""
    start = keyframe.find(b"\x00\x00\x01\x67")
    if start < 0:
        raise ValueError("A keyframe without SPS")
    return f"avc1.{keyframe[start + 4 : start + 7].hex().upper()}"
