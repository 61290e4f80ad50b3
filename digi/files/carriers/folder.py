"""A folder of this machine, or one that several machines mount."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from digi.disk import flush_folder
from digi.files.carriers.base import Held
from digi.files.ranges import Part


class FolderCarrier:
    """Drafts lie where everything lies, so that a rename is all that is left to do."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def spool(self) -> Path:
        return self._root

    def path(self, key: str) -> Path:
        return self._root / key

    def draft(self, key: str) -> Path:
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def share(self, key: str, source: Path) -> None:
        """It is already."""

    def stage(self, key: str, source: Path, digest: str) -> None:
        """Nothing here takes long."""

    def settle(self, key: str, source: Path) -> None:
        path = self.draft(key)
        os.utime(source)  # a file is as old as its place: a draft may have waited for days
        source.replace(path)
        flush_folder(path.parent)

    def open(self, key: str, part: Part | None = None) -> BinaryIO:
        file = self.path(key).open("rb")
        if part:
            file.seek(part.start)
        return file

    @contextmanager
    def local(self, key: str, digest: str) -> Iterator[Path]:
        yield self.path(key)

    def size(self, key: str) -> int | None:
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def delete_all(self, folder: str) -> None:
        shutil.rmtree(self.path(folder), ignore_errors=True)

    def held(self, prefix: str = "") -> Iterator[Held]:
        for folder, _folders, names in os.walk(self._root):
            for name in names:
                path = Path(folder, name)
                key = path.relative_to(self._root).as_posix()
                if key.startswith(prefix) and (found := _standing(path)):
                    yield Held(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def folders(self, parent: str, before: datetime) -> set[str]:
        return {path.name for path in self.path(parent).glob("*") if path.stat().st_mtime < before.timestamp()}

    def reach(self) -> None:
        """It is a disk of ours."""

    def check(self) -> None:
        probe = self.draft(f"probe-{uuid4().hex}")
        probe.write_bytes(b"Digi")
        probe.unlink()


def _standing(path: Path) -> os.stat_result | None:
    """None for a file that went while others were listed."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None
