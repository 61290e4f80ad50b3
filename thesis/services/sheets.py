"""Lists of theses as CSV, XLSX and JSON, written line by line. No cell of theirs is ever run as a formula."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, TextIO

import xlsxwriter

from digi.moments import moment
from thesis.services.catalogue import COLUMNS, Line, Value

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")  # how spreadsheets recognise one (OWASP: CSV Injection)
WIDE = {"title", "abstract", "students"}


def write_csv(lines: Iterable[Line], out: BinaryIO) -> None:
    """RFC 4180 in UTF-8 with a byte order mark; a text that looks like a formula gets an apostrophe before it."""
    with encoded(out, "utf-8-sig") as text:
        sheet = csv.writer(text)
        sheet.writerow(COLUMNS)
        for line in lines:
            sheet.writerow([_in_csv(read(line)) for read in COLUMNS.values()])


def write_xlsx(lines: Iterable[Line], out: BinaryIO) -> None:
    """One sheet with a frozen head and a filter; texts are texts, times are UTC."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Theses")
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, 40 if name in WIDE else 16)
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        put, row = _cells(book, sheet), 0
        for row, line in enumerate(lines, 1):
            for column, read in enumerate(COLUMNS.values()):
                put(row, column, read(line))
        sheet.autofilter(0, 0, row, len(COLUMNS) - 1)


def write_json(lines: Iterable[Line], out: BinaryIO) -> None:
    """`{"results": [...]}`, an object in a line each."""
    with encoded(out, "utf-8") as text:
        text.write('{"results": [')
        for number, line in enumerate(lines):
            found = {name: _in_json(read(line)) for name, read in COLUMNS.items()}
            text.write((",\n" if number else "\n") + json.dumps(found, ensure_ascii=False))
        text.write("\n]}\n")


@contextmanager
def encoded(out: BinaryIO, encoding: str) -> Iterator[TextIO]:
    """`out` as a text file, which is left open."""
    text = io.TextIOWrapper(out, encoding=encoding, newline="")
    try:
        yield text
    finally:
        text.detach()


def _cells(book: Any, sheet: Any) -> Callable[[int, int, Value], None]:
    """What puts a value into a cell, as what it is."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    literal = book.add_format({"quote_prefix": True})  # stays a text when somebody edits the cell, too

    def put(row: int, column: int, value: Value) -> None:
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None), time)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, day)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int):
            sheet.write_number(row, column, value)
        elif text := _words(value):
            sheet.write_string(row, column, text, literal if _is_like_a_formula(text) else None)

    return put


def _in_csv(value: Value) -> str | int:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    text = _words(value)
    return f"'{text}" if _is_like_a_formula(text) else text


def _in_json(value: Value) -> object:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [{"user": user.username, "display_name": user.get_full_name()} for user in value]
    return value


def _words(value: Value) -> str:
    if isinstance(value, list):
        return "; ".join(str(person) for person in value)
    return str(value or "")


def _is_like_a_formula(text: str) -> bool:
    """Does it begin like one, or after spaces, which some programs pass over?"""
    return text.startswith(FORMULAS) or text.lstrip(" ").startswith(FORMULAS)
