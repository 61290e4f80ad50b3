"""Counting what each key of the ring has sealed, and sealing it anew with the newest, while everything runs.

Nothing is written down about how far it came: what the newest key opens is done. So a run may end anywhere, and any
number of them may go side by side.
"""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from digi.crypto import Unreadable, ring
from digi.management.sealed import Place
from digi.sql import many

READ = 1000  # rows looked at in one query
WRITTEN = 100  # rows written in one transaction: messages wait for it
NO_KEY = -1


def census(place: Place) -> Counter[int]:
    """How many values each key of the ring opens, by its place in it; NO_KEY counts those that none does."""
    found: Counter[int] = Counter()
    for rows in _slices(place):
        for row in rows:
            found.update(_openers(place, row))
    return found


def ends(place: Place) -> list[int | None]:
    """Where in the ring the keys stand that open the oldest and the newest row; None for what none opens."""
    rows = [row for row in (_rows(place).first(), _rows(place).last()) if row is not None]
    found = [opener for row in rows for opener in _openers(place, row)]
    return [None if opener == NO_KEY else opener for opener in found]


def renew(place: Place, *, at_once: int = WRITTEN) -> int:
    """Seal anew what older keys have sealed; how many rows that were. What no key opens stays as it is.

    Rows are locked for the transaction of `at_once` of them, after which everybody else has as long a turn.
    """
    done = 0
    for rows in _slices(place):
        stale = [row.pk for row in rows if _is_stale(place, row)]
        for start in range(0, len(stale), at_once):
            began = time.monotonic()
            done += _renew(place, stale[start : start + at_once])
            time.sleep(time.monotonic() - began)
    return done


def _slices(place: Place) -> Iterator[list[Any]]:
    """All rows, by their primary keys."""
    last = 0
    while rows := list(_rows(place).filter(pk__gt=last)[:READ]):
        yield rows
        last = rows[-1].pk


@transaction.atomic
def _renew(place: Place, keys: list[int]) -> int:
    locking = {"no_key": True} if connection.features.has_select_for_no_key_update else {}
    rows = _rows(place).filter(pk__in=keys).select_for_update(**locking)
    stale = [row for row in rows if _is_stale(place, row)]  # still: another run may have been here, or its owner
    meta: Any = place.model._meta
    column = meta.get_field(place.column)
    with connection.cursor() as cursor:  # building as many queries would hold the locks for ten times as long
        many(
            cursor,
            f"UPDATE {meta.db_table} SET {column.column} = %s WHERE {meta.pk.column} = %s",  # noqa: S608 - the model's own names
            [(column.get_db_prep_save(_renewed(place, row), connection), row.pk) for row in stale],
        )
    return len(stale)


def _rows(place: Place) -> Any:
    return place.model._default_manager.only(place.column, *place.needs).order_by("pk")


def _is_stale(place: Place, row: Any) -> bool:
    return any(position > 0 for position in _openers(place, row))


def _openers(place: Place, row: Any) -> list[int]:
    return [_opener(place, row, one) for one in place.within(getattr(row, place.column)) if one]


def _opener(place: Place, row: Any, sealed: bytes) -> int:
    try:
        return ring().opener(place.use, sealed, place.context(row))
    except Unreadable:
        return NO_KEY


def _renewed(place: Place, row: Any) -> Any:
    """What the row's column holds with everything in it sealed anew that opens."""
    value = getattr(row, place.column)
    return place.replaced(value, [_anew(place, row, one) for one in place.within(value)])


def _anew(place: Place, row: Any, sealed: bytes) -> bytes:
    try:
        return ring().renewed(place.use, sealed, place.context(row)) if sealed else sealed
    except Unreadable:
        return sealed
