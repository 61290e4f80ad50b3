"""A look at the head of a picture on its way: enough to hand it on, without parsing what it holds.

Only an envelope that holds one VideoChunk and nothing else is taken so, since the bytes go to viewers as they came.
The wire format is Protocol Buffers' (https://protobuf.dev/programming-guides/encoding/).
"""

from dataclasses import dataclass

from camera import camera_pb2 as pb
from digi.realtime.wire import binary_frame

H264, JPEG = pb.CODEC_H264, pb.CODEC_JPEG
_ENVELOPE = 0x42  # field 8, length-delimited: `video_chunk`
_DATA, _DECODER = 8, 9
_LARGEST = {1: 2**32, 2: 2**64, 3: 16, 4: 2, 5: 2**64, 6: 2**32, 7: 2**32, 10: 2}
_DECODER_LENGTH = 40  # characters


@dataclass(slots=True)
class Chunk:
    """A picture: the frame that goes to viewers, and what the hub must know of it."""

    frame: bytes
    codec: int
    epoch: int
    seq: int
    keyframe: bool
    length: int  # of the envelope
    start: int  # where in it the picture's own bytes stand
    size: int

    def envelope(self) -> bytes:
        """As the agent sent it."""
        return self.frame[-self.length :]

    def picture(self) -> bytes:
        """The picture's own bytes: an access unit, or a JPEG."""
        at = len(self.frame) - self.length + self.start
        return self.frame[at : at + self.size]


class Malformed(ValueError):
    """Looks like a picture, and is none."""


def peek(envelope: bytes) -> Chunk | None:
    """The picture in an envelope, or None where it holds something else. Raises `Malformed`."""
    if not envelope or envelope[0] != _ENVELOPE:
        return None
    length, at = _varint(envelope, 1)
    end = len(envelope)
    if at + length != end:
        return None  # more than one picture alone: whoever sends this has it parsed
    found = {1: 0, 2: 0, 3: 0, 4: 0}
    data: tuple[int, int] | None = None
    last = 0
    while at < end:
        tag, at = _varint(envelope, at)
        number, kind = tag >> 3, tag & 7
        if number <= last:
            raise Malformed("fields out of order")
        last = number
        value, at = _varint(envelope, at)
        if number in _LARGEST and kind == 0 and value < _LARGEST[number]:
            found[number] = value
        elif number in (_DATA, _DECODER) and kind == 2 and at + value <= end:
            if number == _DATA:
                data = (at, value)
            elif value > _DECODER_LENGTH:
                raise Malformed("decoder")
            at += value
        elif number > max(_LARGEST) and kind in (0, 2):  # of a later release
            at += value if kind == 2 else 0
        else:
            raise Malformed(f"field {number}")
    if at != end or data is None or not data[1]:
        raise Malformed("no picture")
    return _chunk(envelope, found, data)


def _chunk(envelope: bytes, found: dict[int, int], data: tuple[int, int]) -> Chunk:
    start, size = data
    return Chunk(
        frame=binary_frame(envelope),
        codec=found[3],
        epoch=found[1],
        seq=found[2],
        keyframe=bool(found[4]),
        length=len(envelope),
        start=start,
        size=size,
    )


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at this place, and the place after it."""
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise Malformed("a number")
