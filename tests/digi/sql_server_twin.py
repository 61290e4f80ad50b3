"""What mssql-django would send to SQL Server, where there is none: queries and migrations compiled, and not run.

The backend replaces parts of Django when it is imported. Most ask which database it is for; the others are put back,
and stand in only while a migration is written.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BinaryField, CheckConstraint, QuerySet
from django.db.models.sql.query import Query

OPTIONS = {"python_driver": "mssql_python", "return_rows_bulk_insert": True}
EVERYWHERE = [(BinaryField, "__init__"), (CheckConstraint, "_get_check_sql"), (QuerySet, "bulk_update")]
ALIAS = "twin"


class _NoDriver(ModuleType):
    """pyodbc wants a library of the system, and is imported even where the other driver is used."""

    version = "5.5.0"
    Binary = bytes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {}) if name.endswith("Error") else name


def _imported() -> tuple[type[BaseDatabaseWrapper], list[Any]]:
    sys.modules.setdefault("pyodbc", _NoDriver("pyodbc"))
    before = [getattr(owner, name) for owner, name in EVERYWHERE]
    from mssql.base import DatabaseWrapper

    replaced = [getattr(owner, name) for owner, name in EVERYWHERE]
    for (owner, name), own in zip(EVERYWHERE, before, strict=True):
        setattr(owner, name, own)
    return DatabaseWrapper, replaced


_Wrapper, _REPLACED = _imported()


class _Answers:
    """The one thing that the backend asks while it compiles: by which collation REPLACE goes."""

    def __enter__(self) -> "_Answers":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def execute(self, text: str) -> None:
        assert "'collation'" in text, "there is no SQL Server to ask"

    def fetchone(self) -> tuple[str]:
        return ("Latin1_General_100_CI_AS_SC",)


class Twin(_Wrapper):  # type: ignore[misc, valid-type]
    """A connection that compiles, knows its server's version, and is never opened."""

    _known_versions = {ALIAS: 2022}
    _known_azures = {ALIAS: False}

    def __init__(self) -> None:
        settings = {"NAME": "digi", "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "TIME_ZONE": None}
        options = {"OPTIONS": dict(OPTIONS), "AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
        super().__init__({**settings, **options, "TEST": {}, "ATOMIC_REQUESTS": False}, alias=ALIAS)
        self.features.can_return_rows_from_bulk_insert = True

    def get_autocommit(self) -> bool:
        return False

    def cursor(self) -> Any:
        return _Answers()

    def connect(self) -> None:
        raise AssertionError("there is no SQL Server to ask")


def twin() -> Twin:
    """This thread's own."""
    if not hasattr(connections._connections, ALIAS):
        connections[ALIAS] = Twin()
    made: Twin = connections[ALIAS]
    return made


def statements(query: Query, returning: Any = None) -> list[tuple[str, tuple[Any, ...]]]:
    """The statements of a query, each with its parameters; of an INSERT with the fields that it gives back."""
    twin()
    compiler = query.clone().get_compiler(using=ALIAS)
    if returning:
        compiler.returning_fields = returning
    made = compiler.as_sql()
    return [(text, tuple(params or ())) for text, params in (made if isinstance(made, list) else [made]) if text]


@contextmanager
def as_on_sql_server() -> Iterator[None]:
    """Django with all that the backend puts in its place."""
    before = [getattr(owner, name) for owner, name in EVERYWHERE]
    for (owner, name), its in zip(EVERYWHERE, _REPLACED, strict=True):
        setattr(owner, name, its)
    try:
        yield
    finally:
        for (owner, name), own in zip(EVERYWHERE, before, strict=True):
            setattr(owner, name, own)
