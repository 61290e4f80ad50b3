"""One writer at a time, in the order they came.

SQLite lets a second writer try again after sleeps of growing length until its timeout, so that under load the
unlucky wait for seconds. Here threads queue at a lock of this process and processes at an flock of the kernel, and
each finds the database free. https://www.sqlite.org/c3ref/busy_timeout.html
"""

import os
import threading
from functools import cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: threads queue here, processes by SQLite's own means
    fcntl = None  # type: ignore[assignment]


class WriterQueue:
    """The queue before one database file; the file beside it carries the flock and nothing else."""

    def __init__(self, database: Path) -> None:
        self._threads = threading.Lock()
        self._file = os.open(f"{database}-writer", os.O_CREAT | os.O_RDWR, 0o600) if fcntl is not None else None

    def take(self, seconds: float) -> bool:
        """Become the writer. False if another thread of this process has not let go within so many seconds."""
        if not self._threads.acquire(timeout=seconds):
            return False
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        return True

    def leave(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


@cache
def queue_before(database: Path) -> WriterQueue:
    """The queue of this process before a database file, by its absolute path."""
    return WriterQueue(database)
