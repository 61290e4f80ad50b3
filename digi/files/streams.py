"""A stored file's bytes in pieces, for servers that iterate and for servers that await."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO

from digi.files.ranges import Part

PIECE = 65_536  # bytes


class Pieces:
    """The bytes of a part of an open file; closed at its end, and with the response that sends them."""

    def __init__(self, file: BinaryIO, part: Part) -> None:
        self._file = file
        self._left = part.length
        file.seek(part.start)

    def close(self) -> None:
        self._file.close()

    def _read(self) -> bytes:
        piece = self._file.read(min(PIECE, self._left))
        self._left -= len(piece)
        return piece


class SyncPieces(Pieces):
    def __iter__(self) -> Iterator[bytes]:
        with self._file:
            while piece := self._read():
                yield piece


class AsyncPieces(Pieces):
    """Read in a thread, so that a slow disk holds up nobody else; Django would read a plain iterator whole."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self._file:
            while piece := await asyncio.to_thread(self._read):
                yield piece
