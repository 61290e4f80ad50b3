"""One moment of the database, held still for its reader while others go on writing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction

_ALLOWED = "SELECT snapshot_isolation_state FROM sys.databases WHERE name = DB_NAME()"


class NoSnapshot(Exception):
    """The database cannot give one; the text says what to do."""


def snapshot() -> AbstractContextManager[None]:
    """What is read inside is of one moment: that of the first statement. Raises `NoSnapshot`.

    On SQLite the log of writes grows until it ends, and on the others old versions of rows are kept: be quick.
    """
    return _WAYS[connection.vendor]()


@contextmanager
def _sqlite() -> Iterator[None]:
    """A transaction that reads and takes no place among the writers, as `atomic` would (WAL's snapshot)."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT 1 FROM sqlite_master")
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextmanager
def _postgresql() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _microsoft() -> Iterator[None]:
    """READ_COMMITTED_SNAPSHOT is a moment for each statement; SNAPSHOT is one for the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_ALLOWED)
        row = cursor.fetchone()
        if not row or row[0] != 1:
            raise NoSnapshot(
                "SQL Server gives this database no snapshots. Once, while everything runs: "
                "ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON."
            )
        cursor.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")


_WAYS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "microsoft": _microsoft,
}
