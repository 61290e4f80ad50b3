"""The backend that `DIGI_DATABASE_URL=sqlite:///…` means: Django's own, behind a queue of writers."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from digi.sqlite.checkpoints import Checkpointer, checkpointer_of
from digi.sqlite.queue import WriterQueue, queue_before

_LONGEST = 8_000  # characters of a statement whose translation is kept: a full batch of messages has none longer
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


class Cursor(base.SQLiteCursorWrapper):
    """Translates the placeholders of a text once: of a long INSERT that costs a third of running it."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None and len(query) <= _LONGEST:
            return _translated(query)
        return str(super().convert_query(query, param_names=param_names))


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes its place in the queue before a transaction begins, or a single statement that writes.

    Every transaction is IMMEDIATE, so that it holds the write lock from its beginning to its end, whatever it does.
    """

    _place: WriterQueue | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.execute_wrappers.append(self._queue_one)

    def create_cursor(self, name: str | None = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)  # type: ignore[no-any-return]

    def _start_transaction_under_autocommit(self) -> None:
        self._enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave()
        if not self.is_in_memory_db():
            self._guards()[1].committed()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _queue_one(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """A statement outside a transaction is one of its own."""
        if self.in_atomic_block or self._place is not None or not _WRITES.match(sql):
            return execute(sql, params, many, context)
        self._enter()
        try:
            return execute(sql, params, many, context)
        finally:
            self._leave()

    def _enter(self) -> None:
        if self._place is not None or self.is_in_memory_db():
            return
        try:
            queue = self._guards()[0]
        except OSError as error:
            raise OperationalError(f"the writers' queue cannot be opened: {error}") from error
        if not queue.take(self.settings_dict["OPTIONS"].get("timeout", 5)):
            raise OperationalError("database is locked")
        self._place = queue

    def _guards(self) -> tuple[WriterQueue, Checkpointer]:
        return _guards_of(str(self.settings_dict["NAME"]))

    def _leave(self) -> None:
        queue, self._place = self._place, None
        if queue is not None:
            queue.leave()


@lru_cache(maxsize=256)
def _translated(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


@cache
def _guards_of(name: str) -> tuple[WriterQueue, Checkpointer]:
    """By the name as it is set: making a path of it at every commit would cost as much as a statement."""
    path = Path(name).absolute()
    return queue_before(path), checkpointer_of(path)
