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
    """The queue before one database file; files beside it carry flocks and nothing else.

    Whoever lets go of an flock may have it again before the one who waited has woken. So there is a turnstile before
    it, which one process at a time waits in: the one that leaves finds it taken, and comes after.
    """

    def __init__(self, database: Path) -> None:
        self._threads = threading.Lock()
        self._files = [_opened(Path(f"{database}-{name}")) for name in ("turnstile", "writer")] if fcntl else []

    def take(self, seconds: float) -> bool:
        """Become the writer. False if another thread of this process has not let go within so many seconds."""
        if not self._threads.acquire(timeout=seconds):
            return False
        try:
            self._await_other_processes()
        except BaseException:  # such as Ctrl-C
            self._threads.release()
            raise
        return True

    def _await_other_processes(self) -> None:
        if not self._files:
            return
        turnstile, desk = self._files
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        try:
            fcntl.flock(desk, fcntl.LOCK_EX)
        finally:
            fcntl.flock(turnstile, fcntl.LOCK_UN)

    def leave(self) -> None:
        if self._files:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._threads.release()


def _opened(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)


@cache
def queue_before(database: Path) -> WriterQueue:
    """The queue of this process before a database file, by its absolute path."""
    return WriterQueue(database)
