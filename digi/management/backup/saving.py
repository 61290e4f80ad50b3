"""Taking a backup while the server runs: the rows of one moment, then the files that they name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import connection, models

from digi import __version__
from digi.crypto import ring
from digi.management.backup import files, keys, rows, tables
from digi.management.backup.archive import Writer
from digi.management.backup.manifest import Manifest, Sealed, Table
from digi.management.backup.snapshot import snapshot

Say = Callable[[str], None]
Models = dict[str, type[models.Model]]

FILES = "files.storedfile"


class NotSaved(Exception):
    """There is nothing to save, or not by this release, or not of one moment; the text says which."""


@dataclass(slots=True)
class Saved:
    """What is in the archive. `absent` files were lost before, `altered` ones are not what was once stored.

    `gone` counts those that somebody deleted between the rows and the files: their rows are in the archive, too.
    """

    manifest: Manifest
    absent: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    gone: int = 0


def save(out: IO[bytes], *, say: Say) -> Saved:
    """Write an archive. Raises `NotSaved`, `NoSnapshot`, `OSError` for the file, and what the database raises."""
    with TemporaryFile("w+") as notes:
        with snapshot():
            applied = tables.applied()
            found = _models(applied)
            wanted = files.Wanted(found[FILES], notes)
            manifest = _manifest(applied, found, wanted)
            writer = Writer(out, manifest)
            for table in manifest.tables:
                _copy_rows(writer, found[table.label], table, say)
        return _with_files(writer, manifest, wanted, found[FILES], say)


def _with_files(writer: Writer, manifest: Manifest, wanted: files.Wanted, model: type[models.Model], say: Say) -> Saved:
    """The second half, for which the database need not stand still."""
    saved, missing = Saved(manifest), list[str]()
    for number, file in enumerate(wanted, 1):
        _copy_file(writer, file, saved, missing)
        say(f"file {number:,} of {wanted.count:,}")
    writer.close(missing)
    saved.absent = list(_still_named(model, missing))
    saved.gone = len(missing) - len(saved.absent)
    return saved


def _models(applied: tables.Migrations) -> Models:
    if not applied:
        raise NotSaved("The database is empty: there is nothing to save.")
    if beyond := applied - tables.known():
        app, name = min(beyond)
        raise NotSaved(
            f"The database is of a newer release, which has the migration {app}.{name}: save it by that one."
        )
    found = tables.models_at(applied)
    return {label: model for label, model in found.items() if label not in tables.LEFT_OUT}


def _manifest(applied: tables.Migrations, found: Models, wanted: files.Wanted) -> Manifest:
    return Manifest(
        digi=__version__,
        at=datetime.now(UTC),
        database=connection.vendor,
        migrations=sorted(applied),
        tables=[
            Table(label, rows.columns_of(model), model._base_manager.count()) for label, model in sorted(found.items())
        ],
        files=wanted.count,
        size=wanted.size,
        keys=ring().names,
        sealed=_sealed(applied),
    )


def _sealed(applied: tables.Migrations) -> list[Sealed]:
    """Nobody counts in tables that are not this release's."""
    return keys.uses() if applied >= tables.known() else []


def _copy_rows(writer: Writer, model: type[models.Model], table: Table, say: Say) -> None:
    done = 0
    for number, (chunk, count) in enumerate(rows.chunks(model), 1):
        writer.add(f"rows/{table.label}/{number:06}.jsonl.gz", chunk)
        done += count
        say(f"{table.label}: {done:,} of {table.rows:,} rows")
    if done != table.rows:
        raise NotSaved(f"{table.label} has changed while it was read: the database did not stand still for its reader.")


def _copy_file(writer: Writer, file: files.Named, saved: Saved, missing: list[str]) -> None:
    try:
        source, size = files.opened(file)
    except FileNotFoundError:
        missing.append(file.path)
        return
    with source:
        if writer.copy(f"files/{file.path}", source, size) != file.sha256:
            saved.altered.append(file.path)


def _still_named(model: type[models.Model], missing: list[str]) -> Iterator[str]:
    """Those of them that rows name now: nobody has deleted them."""
    for start in range(0, len(missing), 500):
        named: Any = model._base_manager.filter(path__in=missing[start : start + 500])
        yield from named.values_list("path", flat=True)
