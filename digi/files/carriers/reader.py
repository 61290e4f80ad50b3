"""An object's bytes as a file to read forward."""

import io
from collections.abc import Callable
from typing import Any

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from digi.files.carriers.client import away
from digi.files.ranges import Part

TRIES = 3  # without a byte between them

Opener = Callable[[Part | None], BaseHTTPResponse]


class ObjectReader(io.RawIOBase):
    """Reads a part of an object, or all of it. An answer that breaks off is asked for again from there on.

    So a reader who is slow, and a server that tires of waiting, do not meet.
    """

    def __init__(self, ask: Opener, part: Part | None) -> None:
        self._ask = ask
        self._answer = ask(part)
        start = part.start if part else 0
        self._at, self._end = start, start + int(self._answer.headers["Content-Length"])

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        for _attempt in range(TRIES):
            try:
                piece = self._answer.read(len(buffer))
            except (HTTPError, OSError):
                piece = b""
            if piece or self._at >= self._end:
                self._at += len(piece)
                buffer[: len(piece)] = piece
                return len(piece)
            self._answer.close()
            self._answer = self._ask(Part(self._at, self._end - self._at))
        raise away()

    def close(self) -> None:
        if not self.closed:
            self._answer.close()
        super().close()
