"""H.264 into fragmented MP4 (ISO/IEC 14496-12), as it comes: nothing is encoded anew, and a cut-off file still plays.

A fragment of at most a second is whole or is missing: what a killed process leaves plays once its torn end is cut.
"""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

CLOCK = 90_000  # ticks a second of the times in a file
FRAGMENT = 1_000_000  # microseconds in a fragment at most
SEQUENCE_SET, PICTURE_SET = 7, 8  # types of NAL units (ITU-T H.264, table 7-1)


class Unplayable(Exception):
    """A picture that no file can begin with, or no file at all."""


def parameters(unit: bytes) -> bytes:
    """The sequence and picture parameter sets in an Annex B access unit: what has to stay the same within a file."""
    sets = (nal for nal in _nals(unit) if nal[0] & 31 in (SEQUENCE_SET, PICTURE_SET))
    return b"".join(b"\0\0\0\1" + nal for nal in sets)


def size_of(first: bytes) -> tuple[int, int]:
    """Width and height of what begins with this access unit, whatever its sender says of it. Raises `Unplayable`."""
    with _as_unplayable(), av.open(io.BytesIO(first), format="h264") as source:
        codec = source.streams.video[0].codec_context
        if not (codec.width and codec.height and codec.extradata):
            raise Unplayable
        return codec.width, codec.height


class FragmentedFile:
    """A file being written. It begins with the access unit of a keyframe, at the time 0."""

    def __init__(self, path: Path, first: bytes) -> None:
        """`first` carries its parameter sets. Raises `Unplayable`, and OSError where the disk takes nothing."""
        with _as_unplayable(), av.open(io.BytesIO(first), format="h264") as source:
            template = source.streams.video[0]
            if not template.codec_context.extradata:
                raise Unplayable
            options = {
                "movflags": "empty_moov+default_base_moof+frag_keyframe",
                "frag_duration": str(FRAGMENT),
                "flush_packets": "1",
            }
            self._file = av.open(str(path), "w", format="mp4", options=options)
            self._stream = self._file.add_stream_from_template(template)
        self._stream.time_base = self._base = Fraction(1, CLOCK)
        self._last = -1
        self._step = CLOCK // 30

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return (self._last + self._step) / CLOCK if self._last >= 0 else 0.0

    def add(self, unit: bytes, *, at: float, keyframe: bool) -> None:
        """The next picture, `at` seconds after the first, a millisecond after the last at least. Raises likewise."""
        ticks = max(self._last + CLOCK // 1000, round(at * CLOCK)) if self._last >= 0 else 0
        if self._last >= 0:
            self._step = min(ticks - self._last, CLOCK)
        packet = av.Packet(unit)
        packet.stream, packet.time_base = self._stream, self._base
        packet.pts = packet.dts = ticks
        packet.duration, packet.is_keyframe = self._step, keyframe
        with _as_unplayable():
            self._file.mux(packet)
        self._last = ticks

    def close(self) -> None:
        with _as_unplayable():
            self._file.close()


def mend(path: Path) -> float:
    """Cut the torn end off what a killed process has left: the seconds that play. Raises `Unplayable`."""
    whole = _end_of_last_fragment(path)
    if not whole:
        raise Unplayable
    with path.open("r+b") as file:
        file.truncate(whole)
    return seconds_of(path)


def seconds_of(path: Path) -> float:
    """How long a file plays. Raises `Unplayable`."""
    with _as_unplayable(), av.open(str(path), format="mp4") as file:
        return (file.duration or 0) / 1_000_000


@contextmanager
def _as_unplayable() -> Iterator[None]:
    """What FFmpeg cannot do with these bytes; what the disk cannot do stays an OSError."""
    try:
        yield
    except (av.error.FFmpegError, IndexError) as error:
        if isinstance(error, OSError):
            raise
        raise Unplayable from error


def _end_of_last_fragment(path: Path) -> int:
    """Bytes up to the end of the last whole pair of `moof` and `mdat`; 0 where there is none."""
    end, before = 0, b""
    for kind, stop in _boxes(path):
        if kind == b"mfra" or (kind == b"mdat" and before == b"moof"):
            end = stop
        before = kind
    return end


def _boxes(path: Path) -> Iterator[tuple[bytes, int]]:
    """Each whole box of the file: its type, and where it ends."""
    size = path.stat().st_size
    start = 0
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            start += length
            if length < 8 or start > size:
                return
            yield kind, start
            file.seek(start)


def _nals(unit: bytes) -> Iterator[bytes]:
    """The NAL units of an access unit in Annex B's byte stream, without their start codes."""
    parts: list[Any] = unit.split(b"\0\0\1")[1:]
    for part in parts:
        nal = part.rstrip(b"\0")  # trailing zeros belong to the next start code
        if nal:
            yield nal
