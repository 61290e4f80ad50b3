"""Rows as lines of JSON that mean the same to every database, and back."""

import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any, cast
from uuid import UUID

import msgspec
from django.db import connection, models
from django.db.models import JSONField, QuerySet, Value

PAGE = 200  # rows that are read at once: a document's text may be a megabyte
CHUNK = 1_048_576  # bytes of lines after which a part ends
AT_ONCE = 500  # rows of one INSERT at most
GZIP = zlib.MAX_WBITS | 16

# What JSON has no word for; msgspec writes them as texts.
_READERS: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "UUIDField": UUID,
    "DecimalField": Decimal,
    "BinaryField": b64decode,
}
_encode = msgspec.json.Encoder().encode

Row = tuple[Any, ...]


def columns_of(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def chunks(model: type[models.Model]) -> Iterator[tuple[bytes, int]]:
    """All rows by their primary key, as compressed lines with the number of rows in them."""
    lines: list[bytes] = []
    size = 0
    for row in _rows(model):
        lines.append(_encode(row))
        size += len(lines[-1])
        if size > CHUNK:
            yield _compressed(lines), len(lines)
            lines, size = [], 0
    if lines:
        yield _compressed(lines), len(lines)


def insert(model: type[models.Model], columns: list[str], chunk: IO[bytes]) -> int:
    """Write a chunk's rows as they were: no default, no column that sets itself, no signal. How many they are."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    readers = [_reader(fields[name]) for name in columns]
    rows = [
        model.from_db(connection.alias, columns, [read(value) for read, value in zip(readers, row, strict=True)])
        for row in map(msgspec.json.decode, zlib.decompress(chunk.read(), GZIP).splitlines())
    ]
    chosen = [fields[name] for name in columns]
    at_once = min(AT_ONCE, max(1, connection.ops.bulk_batch_size(chosen, rows)))
    writer = cast("Any", QuerySet(model, using=connection.alias))
    for start in range(0, len(rows), at_once):
        writer._insert(rows[start : start + at_once], fields=chosen, using=connection.alias, raw=True)
    return len(rows)


def _rows(model: type[models.Model]) -> Iterator[Row]:
    """Page by page, since not every driver reads from a cursor that is still open."""
    columns = columns_of(model)
    place = columns.index(cast("Any", model._meta.pk).attname)
    found = model._base_manager.order_by("pk").values_list(*columns)
    page = list(found[:PAGE])
    while page:
        yield from page
        page = list(found.filter(pk__gt=page[-1][place])[:PAGE])


def _reader(field: Any) -> Callable[[Any], Any]:
    while field.is_relation:
        field = field.target_field
    if isinstance(field, JSONField) and not field.null:
        return lambda value: Value(None, JSONField()) if value is None else value  # JSON's null, not SQL's
    read = _READERS.get(field.get_internal_type())
    if read is None:
        return lambda value: value
    return lambda value: None if value is None else read(value)


def _compressed(lines: list[bytes]) -> bytes:
    packer = zlib.compressobj(3, wbits=GZIP)
    return packer.compress(b"\n".join(lines)) + packer.flush()
