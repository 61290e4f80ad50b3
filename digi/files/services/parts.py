"""The bytes of uploads on their way: a folder for each, a file for each part, whole or not there."""

import errno
import hashlib
import os
import shutil
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from digi.errors import DigiError, TooLarge, Unavailable
from digi.files.kinds import HEAD
from digi.files.models import Upload

PIECE = 262_144  # bytes that are held at once
ALGORITHMS = ("sha1", "sha256")  # tus asks for the first


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


def folder_of(upload: Upload) -> Path:
    return root() / upload.uuid.hex


def root() -> Path:
    return Path(settings.DIGI_FILES) / "uploads"


def write(upload: Upload, body: Body, *, most: int, checksum: Checksum | None) -> Part:
    """Put up to `most` bytes on the disk under a fresh name. Raises `TooLarge`, `ChecksumMismatch`, `Unavailable`."""
    folder = folder_of(upload)
    name = uuid4().hex
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _copy(body, folder / name, most, checksum)
    except OSError as error:
        (folder / name).unlink(missing_ok=True)
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise Unavailable(_("The server has no room left for files."), code="storage_full") from error
    except BaseException:
        (folder / name).unlink(missing_ok=True)
        raise


def drop(upload: Upload, part: Part) -> None:
    """Forget a part that came too late."""
    (folder_of(upload) / part.name).unlink(missing_ok=True)


def join(upload: Upload) -> tuple[Path, str]:
    """All parts in one file beside them, and its SHA-256 in hexadecimal. Raises `OSError` where a part is missing."""
    folder = folder_of(upload)
    whole = folder / f"whole-{uuid4().hex}"
    digest = hashlib.sha256()
    try:
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for name in upload.parts:
                with (folder / name).open("rb") as part:
                    while piece := part.read(PIECE):
                        digest.update(piece)
                        out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        whole.unlink(missing_ok=True)
        raise
    return whole, digest.hexdigest()


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _copy(body: Body, path: Path, most: int, checksum: Checksum | None) -> Part:
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
        out.flush()
        os.fsync(out.fileno())
    if digest and checksum and digest.digest() != checksum.digest:
        raise ChecksumMismatch(_("The bytes were changed on their way. Send this part again."))
    return Part(path.name, size, head)
