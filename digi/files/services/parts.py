"""The bytes of uploads on their way: a folder for each, a file for each part, whole or not there.

Parts lie where all servers find them, so that an upload that one has begun goes on at another.
"""

import errno
import hashlib
import logging
import os
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import uuid4

from django.utils.translation import gettext as _

from digi.disk import flush
from digi.errors import DigiError, TooLarge, Unavailable
from digi.files import carriers
from digi.files.kinds import HEAD
from digi.files.models import Upload
from digi.files.services import storage

PIECE = 262_144  # bytes that are held at once
ALGORITHMS = ("sha1", "sha256")  # tus asks for the first
ROOT = "uploads"  # what the keys of all parts begin with

log = logging.getLogger(__name__)


class Body(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Checksum(NamedTuple):
    """What a part's digest must be."""

    algorithm: str
    digest: bytes


class ChecksumMismatch(DigiError):
    """The bytes that came are not those that were sent (tus 1.0, checksum extension)."""

    code = "checksum_mismatch"
    status = 460


class Part(NamedTuple):
    name: str
    size: int
    head: bytes


def folder_of(upload: Upload) -> str:
    return f"{ROOT}/{upload.uuid.hex}"


def write(upload: Upload, body: Body, *, most: int, checksum: Checksum | None) -> Part:
    """Put up to `most` bytes down under a fresh name. Raises `TooLarge`, `ChecksumMismatch`, `Unavailable`."""
    carrier, name = carriers.current(), uuid4().hex
    key = f"{folder_of(upload)}/{name}"
    draft = carrier.draft(key)
    try:
        size, head = _copy(body, draft, most, checksum)
        if size:
            carrier.share(key, draft)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise Unavailable(_("The server has no room left for files."), code="storage_full") from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if not size:
        draft.unlink()
    return Part(name, size, head)


def drop(upload: Upload, part: Part) -> None:
    """Forget a part that came too late."""
    storage.forget(f"{folder_of(upload)}/{part.name}")


def join(upload: Upload) -> tuple[Path, str]:
    """All parts in one draft, and its SHA-256 in hexadecimal. Raises `FileNotFoundError` where a part is missing."""
    carrier, folder = carriers.current(), folder_of(upload)
    whole = carrier.draft(f"{folder}/whole-{uuid4().hex}")
    digest = hashlib.sha256()
    try:
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for name in upload.parts:
                with carrier.open(f"{folder}/{name}") as part:
                    while piece := part.read(PIECE):
                        digest.update(piece)
                        out.write(piece)
            flush(out)
    except BaseException:
        whole.unlink(missing_ok=True)
        raise
    return whole, digest.hexdigest()


def remove(folder: str) -> None:
    """Remove an upload's folder; what cannot be removed now, the sweep removes."""
    try:
        carriers.current().delete_all(folder)
    except (DigiError, OSError) as error:
        log.warning("%s could not be deleted yet: %s", folder, type(error).__name__)


def _copy(body: Body, path: Path, most: int, checksum: Checksum | None) -> tuple[int, bytes]:
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    size, head = 0, b""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := body.read(PIECE):
            size += len(piece)
            if size > most:
                raise TooLarge(_("More bytes came than were announced."), code="beyond_length", limit=most)
            head += piece[: HEAD - len(head)]
            if digest:
                digest.update(piece)
            out.write(piece)
        flush(out)
    if digest and checksum and digest.digest() != checksum.digest:
        raise ChecksumMismatch(_("The bytes were changed on their way. Send this part again."))
    return size, head
