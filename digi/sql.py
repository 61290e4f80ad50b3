"""Set-wise statements through Django's cursor, for the few paths where building a query costs more than running it.

Lists are padded to powers of two, so that few distinct texts exist and databases and drivers can reuse what they
prepared. Every value is a parameter.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

Row = tuple[Any, ...]
Made = TypeVar("Made", bound=Model)

_ROWS = 1000  # in one INSERT at most, as SQL Server has it
_PARAMETERS = {"microsoft": 2050}  # of one statement, where the backend names no limit: SQL Server takes 2100
_MANY = 30_000


def ask(cursor: CursorWrapper, text: str, *lists: Iterable[Any], also: Sequence[Any] = ()) -> list[Row]:
    """The rows of a SELECT whose `{}` stand for the values of `lists`, in order; the `%s` of `also` come after them.

    Nothing is asked where a list is empty.
    """
    parts = [padded(part) for part in lists]
    if not all(parts):
        return []  # only SQLite reads `IN ()`
    cursor.execute(_select(text, tuple(map(len, parts))), [*chain.from_iterable(parts), *also])
    return list(cursor.fetchall())


def many(cursor: CursorWrapper, text: str, rows: Sequence[Row]) -> None:
    """Run a statement for every row."""
    if rows:
        cursor.executemany(text, rows)


def insert(cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows, values in the order of the columns, by one statement as far as the database takes the parameters.

    A statement a row is a wait a row: for the network, or for the interpreter's lock, which SQLite's driver lets go of
    at each, and which a busy thread then keeps. That driver keeps 128 statements with the values bound to them, so on
    SQLite they are padded, too: with rows that are left out. The first column is never null.
    """
    limit = cursor.db.features.max_query_params or _PARAMETERS.get(cursor.db.vendor, _MANY)
    at_once = min(limit // len(columns), _ROWS)
    nothing = (None, *[0] * (len(columns) - 1))  # the driver binds a number faster than None
    if padding := cursor.db.vendor == "sqlite":
        at_once = 1 << (at_once.bit_length() - 1)
    for start in range(0, len(rows), at_once):
        part = list(rows[start : start + at_once])
        if padding:
            part += [nothing] * (_power_of_two(len(part)) - len(part))
        cursor.execute(_insert(table, tuple(columns), len(part), padding), list(chain.from_iterable(part)))


def create(rows: Sequence[Made], *, at_once: int) -> Sequence[Made]:
    """Rows of one model that has a `uuid`, stored so many at once; each knows its own key afterwards.

    `bulk_create` hands the keys out in the order in which they come back, and SQL Server promises none: there they are
    read again.
    """
    for start in range(0, len(rows), at_once):
        part = {row.uuid: row for row in rows[start : start + at_once]}  # type: ignore[attr-defined]
        made = rows[0]._meta.base_manager
        made.bulk_create(list(part.values()))
        if connection.vendor == "microsoft":
            for public, key in made.filter(uuid__in=list(part)).values_list("uuid", "pk"):
                part[public].pk = key
    return rows


def placeholders(rows: int, columns: int) -> str:
    """`VALUES (%s, …), …` for so many."""
    line = f"({', '.join(['%s'] * columns)})"
    return f"VALUES {', '.join([line] * rows)}"


def padded(values: Iterable[Any]) -> list[Any]:
    """The values, the last repeated until there are as many as a power of two."""
    items = list(values)
    return items + items[-1:] * (_power_of_two(len(items)) - len(items))


def moment(at: Any) -> Any:
    """A datetime as this database takes it; what was read from it goes back as it came."""
    return connection.ops.adapt_datetimefield_value(at) if isinstance(at, datetime) else at


def uuid_of(value: Any) -> UUID:
    """A UUID as a database without that type gives it, too."""
    return value if isinstance(value, UUID) else UUID(str(value))


@lru_cache(maxsize=64)
def _select(text: str, counts: tuple[int, ...]) -> str:
    return text.format(*(", ".join(["%s"] * count) for count in counts))


@lru_cache(maxsize=64)
def _insert(table: str, columns: tuple[str, ...], rows: int, padding: bool) -> str:
    lines = placeholders(rows, len(columns))
    source = f"SELECT * FROM ({lines}) WHERE column1 IS NOT NULL" if padding else lines  # noqa: S608
    return f"INSERT INTO {table} ({', '.join(columns)}) {source}"


def _power_of_two(count: int) -> int:
    """The next one that is no smaller; 1 for 0."""
    return 1 << max(count - 1, 0).bit_length()
