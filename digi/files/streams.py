"""A stored file's bytes in pieces, for servers that iterate and for servers that await."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

PIECE = 65_536  # bytes
READERS = 32  # reads at once; threads of their own, since a server of files that hangs may keep all of them

_readers = ThreadPoolExecutor(READERS, thread_name_prefix="digi-files")


class Pieces:
    """So many bytes of an open file; closed at its end, and with the response that sends them."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length

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
    """Read in a thread, so that a slow source holds up nobody else; Django would read a plain iterator whole."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        try:
            while piece := await loop.run_in_executor(_readers, self._read):
                yield piece
        except BaseException:  # its reader has left, and a read may be under way, which closing would wait for
            loop.run_in_executor(_readers, self._file.close)
            raise
        self._file.close()
