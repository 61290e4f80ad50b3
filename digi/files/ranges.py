"""Single byte ranges of a download (RFC 9110, section 14)."""

import re
from typing import NamedTuple

_RANGE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*", re.ASCII)


class Part(NamedTuple):
    """`length` bytes from `start` on."""

    start: int
    length: int


class Unsatisfiable(Exception):
    """The range lies behind the end: answered by 416."""


def parse(header: str, size: int) -> Part | None:
    """The part that a Range header asks for. None for what may be ignored: several ranges, other units, nonsense.

    Raises `Unsatisfiable`.
    """
    match = _RANGE.fullmatch(header)
    if match is None or not (match[1] or match[2]):
        return None

    if not match[1]:
        suffix = min(int(match[2]), size)
        if not suffix:
            raise Unsatisfiable
        return Part(size - suffix, suffix)

    first = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    if match[2] and int(match[2]) < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return Part(first, last - first + 1)
