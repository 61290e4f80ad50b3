"""Moving what the write-ahead log holds into the database, beside the writers and not in the middle of a commit.

SQLite does it in whichever commit finds a thousand pages in the log: five to ten milliseconds, several times a second
under load, for everybody who waits behind it. Here a thread does nearly all of it while others write, and lets
nobody write only for the little that came meanwhile; after that the log begins anew. https://www.sqlite.org/wal.html
"""

import logging
import sqlite3
import threading
import time
from functools import cache
from pathlib import Path

from digi.sqlite.queue import WriterQueue, queue_before

log = logging.getLogger(__name__)

COMMITS = 400  # of this process, before a checkpoint; a message's is about ten pages of 4 KiB
PAUSE = 0.5  # seconds between checkpoints at least
PATIENCE = 5.0  # seconds to wait for one's turn among the writers


class Checkpointer:
    """One thread for one database file; `committed` says that something was."""

    def __init__(self, database: Path, queue: WriterQueue) -> None:
        self._database, self._queue = database, queue
        self._commits = 0
        self._awake = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        self._commits += 1
        if self._commits < COMMITS:
            return
        self._commits = 0
        self._awake.set()
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="digi-checkpoint", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._awake.wait()
            self._awake.clear()
            try:
                self._checkpoint()
            except sqlite3.Error as error:  # the log grows until the next one, or until SQLite's own
                log.warning("no checkpoint of %s: %s", self._database, error)
            time.sleep(PAUSE)

    def _checkpoint(self) -> None:
        if not self._database.exists():
            return
        connection = sqlite3.connect(f"{self._database.as_uri()}?mode=rw", uri=True, isolation_level=None)
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            if self._queue.take(PATIENCE):
                try:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                finally:
                    self._queue.leave()
        finally:
            connection.close()


@cache
def checkpointer_of(database: Path) -> Checkpointer:
    """The checkpointer of this process for a database file, by its absolute path."""
    return Checkpointer(database, queue_before(database))
