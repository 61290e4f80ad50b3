"""Every query of the tests, compiled for SQL Server and read: `pytest -p tests.digi.sql_server_suite tests/thesis`.

What is compiled is what a test runs; a complaint names the first test that met it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet
from django.db.models.sql.compiler import SQLCompiler, SQLInsertCompiler

from tests.digi.sql_server_rules import statement_complaints

_LIST = re.compile(r"%s(, %s)+")
_ROWS = re.compile(r"(\(%s\))(, \(%s\))+")


class Reader:
    """Reads each statement once, whatever the length of its lists."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.complaints: dict[str, str] = {}

    def hear(self, text: str, parameters: Sequence[Any], place: str = "") -> None:
        key = _ROWS.sub(r"\1", _LIST.sub("%s", text))
        if key in self.read:
            return
        self.read.add(key)
        for complaint in statement_complaints(text, parameters):
            self.complaints.setdefault(f"{complaint}: {key}", place)


@contextmanager
def heard(reader: Reader, place: Callable[[], str] = str) -> Iterator[None]:
    """Meanwhile the reader hears of every query what mssql-django would make of it."""
    from tests.digi.sql_server_twin import statements

    def listening(own: Callable[..., Any]) -> Callable[..., Any]:
        def execute(compiler: SQLCompiler, *arguments: Any, **options: Any) -> Any:
            returning = arguments[0] if isinstance(compiler, SQLInsertCompiler) and arguments else None
            try:
                for text, parameters in statements(compiler.query, returning or options.get("returning_fields")):
                    reader.hear(text, parameters, place())
            except EmptyResultSet:
                pass
            except Exception as error:
                reader.complaints.setdefault(
                    f"not compiled: {error!r} in {type(compiler.query).__name__} of {compiler.query.model.__name__}",
                    place(),
                )
            return own(compiler, *arguments, **options)

        return execute

    kinds = (SQLCompiler, SQLInsertCompiler)
    before = [kind.execute_sql for kind in kinds]
    for kind, own in zip(kinds, before, strict=True):
        kind.execute_sql = listening(own)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for kind, own in zip(kinds, before, strict=True):
            kind.execute_sql = own  # type: ignore[method-assign]


class _Plugin:
    def __init__(self) -> None:
        self.reader, self.test = Reader(), ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.test = item.nodeid
        with heard(self.reader, lambda: self.test):
            return (yield)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        say = terminalreporter.write_line
        say(f"{len(self.reader.read)} statements for SQL Server, {len(self.reader.complaints)} complaints")
        for complaint, test in self.reader.complaints.items():
            say(f"{complaint}\n    {test}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Plugin())
