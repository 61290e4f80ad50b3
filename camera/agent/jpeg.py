"""Pictures one by one, for browsers without WebCodecs and for thumbnails."""

from fractions import Fraction

import av

_QUALITY = "5"  # of 2 (best) to 31


class Jpeg:
    """One encoder, for pictures of one size."""

    def __init__(self, *, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._context = context = av.CodecContext.create("mjpeg", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuvj420p"
        context.framerate, context.time_base = Fraction(30), Fraction(1, 1_000_000)
        context.options = {"qmin": _QUALITY, "qmax": _QUALITY, "huffman": "default"}
        context.thread_count = 1
        context.open()

    def encode(self, frame: av.VideoFrame, *, at_us: int) -> bytes:
        """One baseline JPEG."""
        full = frame.reformat(format="yuvj420p", dst_color_range="JPEG")
        full.pts, full.time_base = at_us, Fraction(1, 1_000_000)
        return b"".join(map(bytes, self._context.encode(full)))
