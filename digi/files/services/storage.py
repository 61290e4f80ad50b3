"""Bytes on the private disk, under DIGI_FILES: whole or not at all, and only as long as their row."""

import os
import weakref
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from digi.files.models import StoredFile


def path_of(file: StoredFile) -> Path:
    return Path(settings.DIGI_FILES) / file.path


@transaction.atomic
def store(*, owner: AbstractBaseUser, purpose: str, name: str, media_type: str, content: bytes) -> StoredFile:
    """Write the bytes, then the row. If the transaction around this is rolled back, the bytes go, too."""
    file = _row(owner, purpose, name, media_type, len(content), sha256(content).hexdigest())
    _write(path_of(file), content)
    return _saved(file)


@transaction.atomic
def adopt(
    *, owner: AbstractBaseUser, purpose: str, name: str, media_type: str, source: Path, size: int, digest: str
) -> StoredFile:
    """Move a file that lies under DIGI_FILES to its place, then write the row. `digest` is its SHA-256, in hexadecimal.

    If the transaction around this is rolled back, the bytes go, too.
    """
    file = _row(owner, purpose, name, media_type, size, digest)
    path = path_of(file)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source.replace(path)
    _sync_folder(path.parent)
    return _saved(file)


@transaction.atomic
def remove(*, file: StoredFile) -> None:
    """Delete the row now and the bytes after the commit."""
    path = path_of(file)
    file.delete()
    transaction.on_commit(partial(path.unlink, missing_ok=True))


def _row(owner: AbstractBaseUser, purpose: str, name: str, media_type: str, size: int, digest: str) -> StoredFile:
    uuid = uuid4()
    return StoredFile(
        uuid=uuid,
        owner_id=owner.pk,
        purpose=purpose,
        name=name,
        media_type=media_type,
        size=size,
        sha256=digest,
        path=f"{purpose}/{uuid.hex[:2]}/{uuid.hex}",
    )


def _saved(file: StoredFile) -> StoredFile:
    path = path_of(file)
    try:
        file.save(force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    transaction.on_commit(_Provisional(path).keep)
    return file


class _Provisional:
    """Bytes whose row is not committed yet.

    Django tells of a commit, not of a rollback: then it forgets the commit's hooks. When this hook is forgotten
    without having been called, the bytes are removed.
    """

    def __init__(self, path: Path) -> None:
        self._undo = weakref.finalize(self, path.unlink, missing_ok=True)

    def keep(self) -> None:
        self._undo.detach()


def _write(path: Path, content: bytes) -> None:
    """Write beside the place, flush to the disk, rename: nobody ever finds half a file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The new name itself reaches the disk where the system can do that for a folder; Windows cannot."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
