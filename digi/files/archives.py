"""ZIP archives that are packed while they are sent: no file of theirs is ever whole in memory or on the disk."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from digi.files.models import StoredFile
from digi.files.services import storage
from digi.files.streams import PIECE


class Entry(NamedTuple):
    """A file in the archive. Bytes are packed; a stored file goes in as it is, being packed already as a rule."""

    name: str
    at: datetime
    content: bytes | StoredFile


class _Outlet:
    """What `zipfile` writes to: it cannot seek, and hands over what has come since the last time."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def packed(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive's bytes in pieces. A file that is gone by then is left out."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w") as archive:  # type: ignore[call-overload]
        for entry in entries:
            yield from _entry(archive, outlet, entry)
    yield outlet.taken()


def send(request: HttpRequest, name: str, entries: Iterable[Entry]) -> StreamingHttpResponse:
    """The archive as an attachment of this name."""
    pieces = packed(entries)
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    content = _awaited(pieces) if isinstance(request, ASGIRequest) else pieces
    return StreamingHttpResponse(content, content_type="application/zip", headers=headers)


def _entry(archive: zipfile.ZipFile, outlet: _Outlet, entry: Entry) -> Iterator[bytes]:
    info = zipfile.ZipInfo(entry.name, date_time=entry.at.timetuple()[:6])
    info.external_attr = 0o600 << 16
    if isinstance(entry.content, bytes):
        archive.writestr(info, entry.content, compress_type=zipfile.ZIP_DEFLATED)
        yield outlet.taken()
        return

    try:
        file = storage.opened(entry.content)
    except FileNotFoundError:
        return
    with file, archive.open(info, "w", force_zip64=True) as out:
        while piece := file.read(PIECE):
            out.write(piece)
            yield outlet.taken()


async def _awaited(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Packed in a thread, piece by piece, so that a slow disk holds up nobody else.

    The thread is the archive's own: entries may be read from the database one by one, and its connection ends with it.
    """
    thread, loop = ThreadPoolExecutor(1, thread_name_prefix="digi-archive"), asyncio.get_running_loop()
    try:
        while piece := await loop.run_in_executor(thread, next, pieces, b""):
            yield piece
    finally:
        thread.submit(connections.close_all)
        thread.shutdown(wait=False)
