"""What a carrier can do."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from digi.files.ranges import Part


class Held(NamedTuple):
    """A file that a carrier holds."""

    key: str
    size: int
    changed_at: datetime


class Carrier(Protocol):
    """Holds files by key: whole or not at all, and never another content under a key that is there.

    Raises `Unavailable` where the bytes cannot be reached, and `OSError` where a disk fails.
    """

    @property
    def spool(self) -> Path:
        """A folder of this machine for files that are being made."""

    def draft(self, key: str) -> Path:
        """Where a local file for this key is made, in a folder that is there."""

    def share(self, key: str, source: Path) -> None:
        """Make a part of an upload everybody's; the draft is used up."""

    def stage(self, key: str, source: Path, digest: str) -> None:
        """What takes long of keeping a draft: before the row's transaction. `digest` is its SHA-256 in hexadecimal."""

    def settle(self, key: str, source: Path) -> None:
        """The rest of it, within the transaction. The draft is used up."""

    def open(self, key: str, part: Part | None = None) -> BinaryIO:
        """The bytes, or those of a part, from where they are: to be read forward. Raises `FileNotFoundError`."""

    def local(self, key: str, digest: str) -> AbstractContextManager[Path]:
        """A file of this machine with these bytes, for as long as it is needed. Raises `FileNotFoundError`."""

    def size(self, key: str) -> int | None:
        """How many bytes lie there; None for nothing."""

    def delete(self, key: str) -> None:
        """Nothing lies there afterwards."""

    def delete_all(self, folder: str) -> None:
        """Nothing lies below `folder` afterwards."""

    def held(self, prefix: str = "") -> Iterator[Held]:
        """Everything whose key begins so, in no order."""

    def folders(self, parent: str, before: datetime) -> set[str]:
        """Names of the folders in `parent` in which nothing has changed since."""

    def reach(self) -> None:
        """Raises `Unavailable` where another server holds the bytes and cannot be asked for them; quick."""

    def check(self) -> None:
        """Raises `Unavailable` or `OSError` where files cannot be written, read and removed; its message says why."""
