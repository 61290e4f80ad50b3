"""Uploaded files on their way into an archive and out of it."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, NamedTuple, cast

from django.db import models

from digi.files.services import storage
from digi.management.backup.archive import Damaged

PAGE = 2000  # rows that are read at once
_PLACE = re.compile(r"[a-z_]+/[0-9a-f]{2}/[0-9a-f]{32}")


class Named(NamedTuple):
    """What a row says of a file."""

    path: str
    size: int
    sha256: str


class Wanted:
    """The files that rows name at one moment, written down in `notes`, a text file: there may be very many."""

    def __init__(self, model: type[models.Model], notes: IO[str]) -> None:
        self.count = self.size = 0
        self._notes = notes
        for row in _rows(model):
            self._notes.write(json.dumps(row) + "\n")
            self.count += 1
            self.size += row.size

    def __iter__(self) -> Iterator[Named]:
        self._notes.seek(0)
        for line in self._notes:
            yield Named(*json.loads(line))


def opened(file: Named) -> tuple[IO[bytes], int]:
    """A file's bytes, and how many there are. Raises `FileNotFoundError` and what its carrier raises."""
    size = storage.size_at(file.path)
    if size is None:
        raise FileNotFoundError(file.path)
    return storage.opened_at(file.path), size


def put(path: str, source: IO[bytes]) -> None:
    """Write a file to its place: whole or not at all. What is there already is replaced by the same."""
    if not _PLACE.fullmatch(path):
        raise Damaged(f"{path} is no place of a file.")
    digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    source.seek(0)
    storage.put_back(key=path, content=cast("BinaryIO", source), digest=digest)


def _rows(model: type[models.Model]) -> Iterator[Named]:
    found: Any = model._base_manager.order_by("pk").values_list("pk", "path", "size", "sha256")
    page = list(found[:PAGE])
    while page:
        yield from (Named(*row[1:]) for row in page)
        page = list(found.filter(pk__gt=page[-1][0])[:PAGE])
