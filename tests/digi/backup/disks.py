"""A disk with little room left."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from tests.chaos.disk import SIZE, SmallDisk


@contextmanager
def little_room(disk: SmallDisk, left: int) -> Iterator[None]:
    """So many bytes on the disk; where none may be mounted, no file of this process grows beyond as many."""
    if disk.mounted:
        taken = sum(path.stat().st_size for path in disk.folder.iterdir())
        ballast = disk.folder / "ballast"
        ballast.write_bytes(bytes(SIZE * 2**20 - taken - left))
        yield
        ballast.unlink()
        return
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
