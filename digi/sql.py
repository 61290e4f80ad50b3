"""Set-wise statements through Django's cursor, for the few paths where building a query costs more than running it.

Lists are padded to powers of two, so that few distinct texts exist and databases and drivers can reuse what they
prepared. Every value is a parameter.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]

_ROWS = 1000  # in one INSERT at most, as SQL Server has it
_PARAMETERS = 30_000  # where the driver names no limit


def ask(cursor: CursorWrapper, text: str, *lists: Iterable[Any], also: Sequence[Any] = ()) -> list[Row]:
    """The rows of a SELECT whose `{}` stand for the values of `lists`, in order; the `%s` of `also` come after them.

    Nothing is asked where a list is empty.
    """
    parts = [padded(part) for part in lists]
    if not all(parts):
        return []  # only SQLite reads `IN ()`
    statement = text.format(*(", ".join(["%s"] * len(part)) for part in parts))
    cursor.execute(statement, [*(value for part in parts for value in part), *also])
    return list(cursor.fetchall())


def many(cursor: CursorWrapper, text: str, rows: Sequence[Row]) -> None:
    """Run a statement for every row."""
    if rows:
        cursor.executemany(text, rows)


def insert(cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows, values in the order of the columns, by one statement as far as the database takes the parameters.

    A statement a row is a wait a row: for the network, or for the interpreter's lock, which SQLite's driver lets go of
    at each, and which a busy thread then keeps.
    """
    limit = cursor.db.features.max_query_params or _PARAMETERS
    at_once = min(limit // len(columns), _ROWS)
    line = f"({', '.join(['%s'] * len(columns))})"
    for start in range(0, len(rows), at_once):
        part = rows[start : start + at_once]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([line] * len(part))}",  # noqa: S608
            [value for row in part for value in row],
        )


def padded(values: Iterable[Any]) -> list[Any]:
    """The values, the last repeated until there are as many as a power of two."""
    items = list(values)
    return items + items[-1:] * ((1 << (len(items) - 1).bit_length()) - len(items))


def moment(at: Any) -> Any:
    """A datetime as this database takes it; what was read from it goes back as it came."""
    return connection.ops.adapt_datetimefield_value(at) if isinstance(at, datetime) else at


def uuid_of(value: Any) -> UUID:
    """A UUID as a database without that type gives it, too."""
    return value if isinstance(value, UUID) else UUID(str(value))
