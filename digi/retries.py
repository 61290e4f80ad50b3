"""What to do where the database gave up a piece of work: done again as a whole, or told as a state that will pass.

A deadlock's victim has been rolled back by the database. What was lost is the outermost transaction and never a part of
it, so it alone may be done again: `patiently` does so where nothing of the work has been kept.
"""

import logging
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, TypeVar

from django.db import Error, IntegrityError, InterfaceError, OperationalError, close_old_connections, connection

Result = TypeVar("Result")
log = logging.getLogger(__name__)

PAUSES = (0.02, 0.08)  # seconds before the second try and the third, half as long up to half as long again
QUICK = 1.0  # seconds; a database that took longer to be away, or to be locked, is not asked again

_KEEPS_NOTHING = re.compile(r"\s*(SELECT|BEGIN|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA)\b", re.IGNORECASE)
_UNLUCKY = {"40001", "40P01"}  # SQLSTATE of PostgreSQL: serialisation, deadlock
_BUSY = {"55P03", "57014"}  # a lock that was not to be had, a statement that took too long
_TAKEN = {"23505", "23503"}  # a key that is there already, a row that is there no more
_UNLUCKY_WORDS = ("deadlock victim", "Serialization failure")
_BUSY_WORDS = ("Lock request time out", "Timeout expired", "is locked")
_TAKEN_WORDS = ("UNIQUE constraint", "FOREIGN KEY constraint", "UNIQUE KEY constraint", "duplicate key", "REFERENCE")
_OURS = ("no such", "syntax error", "too many", "has no column", "ambiguous", "malformed")  # SQLite's word for mistakes


class Failure(Enum):
    """Why the database did not do it."""

    UNLUCKY = "it was the victim of a deadlock"
    BUSY = "a lock was not to be had in time"
    TAKEN = "somebody else wrote the same, or took away what it hangs on"
    AWAY = "the database cannot be reached, is ending, or is full"


def why(error: BaseException) -> Failure | None:
    """What may pass by itself; None for a mistake of ours, and for all that is no error of the database."""
    text = f"{error} {getattr(error.__cause__, 'driver_error', '')}"
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if isinstance(error, IntegrityError):
        return Failure.TAKEN if state in _TAKEN or _any(_TAKEN_WORDS, text) else None
    if isinstance(error, InterfaceError):
        return Failure.AWAY if "closed" in text else None
    if not isinstance(error, OperationalError):
        return None
    if state in _UNLUCKY or _any(_UNLUCKY_WORDS, text):
        return Failure.UNLUCKY
    if state in _BUSY or _any(_BUSY_WORDS, text):
        return Failure.BUSY
    return None if connection.vendor == "sqlite" and _any(_OURS, text) else Failure.AWAY


def patiently(act: Callable[[], Result], error: Error | None = None, began: float | None = None) -> Result:
    """What `act` gives, a transaction as a whole: tried again, after a while, where the database gave it up.

    `error`: it was tried once already, from `began` on (`time.monotonic`), and failed so. Within a transaction it is
    tried once: that one's caller is asked to do everything again. What it does beside the database must bear a second
    time.
    """
    began = began or time.monotonic()
    for pause in PAUSES:
        if error is None:
            try:
                return act()
            except Error as raised:
                error = raised
        failure = why(error)
        slow = failure in (Failure.AWAY, Failure.BUSY) and time.monotonic() - began > QUICK
        if failure is None or slow or connection.in_atomic_block:
            raise error
        log.warning("done again, since %s: %s", failure.value, type(error).__name__)
        close_old_connections()
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - so that two who met do not meet again
        error = None
    return act()


class Watch:
    """Whether anything that a piece of work has written is there for good, and when it began."""

    def __init__(self) -> None:
        self.kept, self.began = False, time.monotonic()


@contextmanager
def watched() -> Iterator[Watch]:
    """Look on while this thread works with the database: a commit that was begun counts as one."""
    watch, own = Watch(), connection.commit

    def commit() -> None:
        watch.kept = True
        own()

    def notice(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        alone = not connection.in_atomic_block and not _KEEPS_NOTHING.match(sql)  # a transaction of its own
        try:
            result = execute(sql, params, many, context)
        except Error as error:
            watch.kept = watch.kept or (alone and why(error) is Failure.AWAY)  # it may have been done all the same
            raise
        watch.kept = watch.kept or alone
        return result

    connection.commit = commit  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(notice):
            yield watch
    finally:
        connection.commit = own  # type: ignore[method-assign]


def _any(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)
