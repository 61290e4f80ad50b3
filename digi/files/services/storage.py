"""Files and their rows: bytes are whole or not there, and stay only as long as their row.

First the bytes, then the row: no row ever points at nothing. Where bytes lie, `digi.files.carriers` knows. Who carries
files off and brings them back (a backup, a move) finds these things here: `held` lists what there is by key, `size_at`
measures one of them, `opened_at` reads it forward, and `put_back` writes one whose SHA-256 is known, whole or not at
all. A row's key is its `path`.
"""

import logging
import os
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import Error, IntegrityError, transaction

from digi.disk import flush
from digi.errors import DigiError
from digi.files import carriers
from digi.files.carriers import Carrier, Held
from digi.files.models import StoredFile
from digi.files.ranges import Part
from digi.files.streams import PIECE

log = logging.getLogger(__name__)


class Damaged(OSError):
    """The bytes are not those whose digest is known."""


class Provisional:
    """Bytes whose row is not committed yet: removed when this is forgotten before `keep` was called.

    Django tells of a commit, not of a rollback: then it forgets the commit's hooks, of which `keep` is one.
    """

    def __init__(self, undo: Callable[[], None]) -> None:
        self._undo = self._when_forgotten(undo)

    def written(self) -> None:
        """The row is: a commit whose answer is lost may have kept it, so then the bytes are left to the sweep."""
        if found := self._undo.detach():
            self._undo = self._when_forgotten(partial(_unless_in_doubt, found[1]))

    def keep(self) -> None:
        self._undo.detach()

    def undo(self) -> None:
        self._undo()

    def _when_forgotten(self, act: Callable[[], None]) -> "weakref.finalize[[], Provisional]":
        found = weakref.finalize(self, act)
        found.atexit = False  # a process that ends forgets what others of its threads may be committing
        return found


class Staged:
    """Bytes that a row may be written for; forgotten without one, they go."""

    def __init__(self, *, purpose: str, source: Path, size: int, digest: str) -> None:
        uuid = uuid4()
        self.uuid, self.purpose, self.size, self.sha256 = uuid, purpose, size, digest
        self.key = f"{purpose}/{uuid.hex[:2]}/{uuid.hex}"
        self.source, self.carrier = source, carriers.current()
        self._provisional: Provisional | None = Provisional(partial(_undo, self.carrier, self.key, source))
        try:
            self.carrier.stage(self.key, source, digest)
        except BaseException:
            self.drop()
            raise

    def taken(self) -> Provisional:
        """Let somebody else answer for the bytes."""
        provisional, self._provisional = self._provisional, None
        if provisional is None:
            raise ValueError("These bytes have their row already.")
        return provisional

    def drop(self) -> None:
        """Remove the bytes now."""
        self._provisional = None


def stage(*, purpose: str, source: Path, size: int, digest: str) -> Staged:
    """Bring a draft's bytes to where they will stay: slow, so outside every transaction; `adopt` is the second half.

    `source` is a file of `carriers.current()`'s spool, and used up. `digest` is its SHA-256 in hexadecimal. Raises
    `Unavailable`: then nothing is left behind.
    """
    return Staged(purpose=purpose, source=source, size=size, digest=digest)


def stage_content(*, purpose: str, content: bytes) -> Staged:
    """The same of bytes in memory."""
    draft = carriers.current().draft(f"{purpose}/{uuid4().hex}.part")
    _write(draft, iter((content,)))
    return stage(purpose=purpose, source=draft, size=len(content), digest=sha256(content).hexdigest())


@transaction.atomic
def adopt(*, owner: AbstractBaseUser, name: str, media_type: str, staged: Staged) -> StoredFile:
    """Write the row of staged bytes. If the transaction around this is rolled back, the bytes go, too.

    Where nobody knows whether it was committed, they stay, and the sweep removes them a day later if there is no row.
    """
    provisional = staged.taken()
    file = StoredFile(
        uuid=staged.uuid,
        owner_id=owner.pk,
        purpose=staged.purpose,
        name=name,
        media_type=media_type,
        size=staged.size,
        sha256=staged.sha256,
        path=staged.key,
    )
    try:
        staged.carrier.settle(staged.key, staged.source)
        file.save(force_insert=True)
    except BaseException:
        provisional.undo()
        raise
    provisional.written()
    transaction.on_commit(provisional.keep)
    return file


def store(*, owner: AbstractBaseUser, purpose: str, name: str, media_type: str, content: bytes) -> StoredFile:
    """Both at once, for a few bytes."""
    staged = stage_content(purpose=purpose, content=content)
    return adopt(owner=owner, name=name, media_type=media_type, staged=staged)


@transaction.atomic
def remove(*, file: StoredFile) -> None:
    """Delete the row now and the bytes after the commit; bytes that stay for a trouble are an orphan for the sweep."""
    key = file.path
    file.delete()
    transaction.on_commit(partial(forget, key))


def forget(key: str) -> None:
    """Delete bytes that no row speaks of. What goes wrong is logged, for the sweep will come to them."""
    _forget(carriers.current(), key)


def opened(file: StoredFile, part: Part | None = None) -> BinaryIO:
    """The file's bytes, or a part of them, to be read forward and closed. Raises `FileNotFoundError`, `Unavailable`."""
    return carriers.current().open(file.path, part)


def local(file: StoredFile) -> AbstractContextManager[Path]:
    """A path with the file's bytes, for as long as the block runs. Raises `FileNotFoundError`, `Unavailable`."""
    return carriers.current().local(file.path, file.sha256)


def held(prefix: str = "") -> Iterator[Held]:
    """Key, size and time of everything that is held, in no order; parts of uploads begin with `uploads/`."""
    return carriers.current().held(prefix)


def size_at(key: str) -> int | None:
    """How many bytes lie there, whatever a row says; None for nothing. Raises `Unavailable`."""
    return carriers.current().size(key)


def opened_at(key: str) -> BinaryIO:
    """As `opened`, of a key."""
    return carriers.current().open(key)


def put_back(*, key: str, content: BinaryIO, digest: str, carrier: Carrier | None = None) -> None:
    """Write the bytes of a row that is there, or will be. Raises `Damaged` where their SHA-256 is another.

    It overwrites nothing but the same: a key's content never changes.
    """
    carrier = carrier or carriers.current()
    draft = carrier.draft(f"{key}.part")
    try:
        found = _write(draft, iter(partial(content.read, PIECE), b""))
        if found != digest:
            raise Damaged(f"{key} has another SHA-256 than {digest}.")
        carrier.stage(key, draft, digest)
        carrier.settle(key, draft)
    finally:
        draft.unlink(missing_ok=True)


def reach() -> None:
    """Ask whether files can be read, where another server holds them: quick. Raises as `check`."""
    carriers.current().reach()


def check() -> None:
    """Write, read and remove a few bytes. Raises `Unavailable` (`digi.files.carriers.Refused` says why), `OSError`."""
    carriers.current().check()


def _write(path: Path, pieces: Iterator[bytes]) -> str:
    """Write a draft, flush it to the disk, and say its SHA-256."""
    found = sha256()
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for piece in pieces:
                found.update(piece)
                out.write(piece)
            flush(out)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return found.hexdigest()


def _unless_in_doubt(undo: Callable[[], None]) -> None:
    """Called while a transaction's end is forgotten: an error of the database then may be that of the commit itself.

    A database that names a broken constraint has answered, and kept nothing.
    """
    error = sys.exception()
    if not isinstance(error, Error) or isinstance(error, IntegrityError):
        undo()


def _undo(carrier: Carrier, key: str, source: Path) -> None:
    source.unlink(missing_ok=True)
    _forget(carrier, key)


def _forget(carrier: Carrier, key: str) -> None:
    try:
        carrier.delete(key)
    except (DigiError, OSError) as error:
        log.warning("%s could not be deleted yet: %s", key, type(error).__name__)
