"""Files that are whole after a loss of power, or not there at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import IO, Any


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Write beside the place, flush to the disk, then take the name. Its owner alone may read it.

    Raises `FileExistsError`; nothing is overwritten. A process that is killed leaves `.NAME-….part`, which may be
    deleted.
    """
    if path.exists():
        raise FileExistsError(path)
    handle, draft = mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")  # 0600
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            flush(out)
        _take_name(Path(draft), path)
    finally:
        Path(draft).unlink(missing_ok=True)
    flush_folder(path.parent)


def _take_name(draft: Path, path: Path) -> None:
    """By a link, since a rename would overwrite; a disk without links, such as a USB stick, is looked at before."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(path) from None
        draft.rename(path)


def flush(file: IO[Any]) -> None:
    """What was written so far is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """So are the names in a folder, where the system can do that; Windows cannot."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
