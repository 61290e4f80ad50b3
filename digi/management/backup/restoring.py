"""Bringing an archive into an empty database: to the migrations it was made at, its rows, then on to today's."""

from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.exceptions import IrreversibleError

from digi.management.backup import archive, files, keys, rows, tables
from digi.management.backup.archive import Damaged
from digi.management.backup.manifest import Manifest

Say = Callable[[str], None]


class Refused(Exception):
    """Nothing was done; the text says why."""


class KeysMissing(Exception):
    """Nothing was done: what the archive holds was sealed with keys that are not here. Their names."""

    def __init__(self, manifest: Manifest, missing: list[str]) -> None:
        super().__init__(missing)
        self.manifest, self.missing = manifest, missing


class Unmigrated(Exception):
    """Everything is there, in the tables of the release that the archive is of: `migrate` has to go on."""


def restore(path: Path, *, without_keys: bool, say: Say) -> Manifest:
    """Verify all of the archive, then fill the database and the files.

    Rows come in one transaction, after the files: an end before its commit leaves an empty database, and the same again
    begins anew. After it the rest is `migrate`. Raises `Damaged`, `NotUnderstood`, `Refused` and `KeysMissing` before
    anything is written, `Unmigrated` after everything is.
    """
    manifest, _end = archive.verify(path)
    _refuse(manifest)
    if not without_keys and (missing := keys.missing(manifest)):
        raise KeysMissing(manifest, missing)

    _migrate(manifest, say)
    _restore_files(path, manifest, say)
    _restore_rows(path, manifest, say)
    _migrate_on()
    return manifest


def _refuse(manifest: Manifest) -> None:
    if beyond := set(manifest.migrations) - tables.known():
        app, name = min(beyond)
        raise Refused(
            f"It was made by Digi {manifest.digi}, whose migration {app}.{name} is not known here. "
            "Restore it with that release, or a later one."
        )
    applied = tables.applied()
    if beyond := applied - tables.known():
        raise Refused("The database is of a newer release than this one.")
    found = tables.models_at(set(manifest.migrations))
    for table in manifest.tables:
        if table.label not in found or set(rows.columns_of(found[table.label])) != set(table.columns):
            raise Damaged(f"Its manifest names other columns of {table.label} than its migrations make.")
    if (label := tables.occupied(applied)) is not None:
        raise Refused(f"The database is not empty: {label} holds rows. Restore into a new one.")


def _migrate(manifest: Manifest, say: Say) -> None:
    try:
        tables.migrate_to(set(manifest.migrations), say)
    except IrreversibleError as error:
        raise Refused(
            f"It is of an older state than this database's, and {error} Restore into one without tables."
        ) from error


def _migrate_on() -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise Unmigrated(str(error)) from error


def _restore_files(path: Path, manifest: Manifest, say: Say) -> None:
    for number, (name, source, _size) in enumerate(archive.parts(path, "files/"), 1):
        files.put(name.removeprefix("files/"), source)
        say(f"file {number:,} of {manifest.files:,}")


def _restore_rows(path: Path, manifest: Manifest, say: Say) -> None:
    found = tables.models_at(set(manifest.migrations))
    columns = {table.label: table.columns for table in manifest.tables}
    done = dict.fromkeys(columns, 0)
    with transaction.atomic(), connection.constraint_checks_disabled():
        for label in sorted(tables.MADE_BY_MIGRATIONS & found.keys(), reverse=True):
            found[label]._base_manager.all().delete()
        for name, source, _size in archive.parts(path, "rows/"):
            label = name.split("/")[1]
            try:
                done[label] += rows.insert(found[label], columns[label], source)
            except DatabaseError as error:
                raise DatabaseError(f"{label}: {error}") from error
            say(f"{label}: {done[label]:,} rows")
        if done != {table.label: table.rows for table in manifest.tables}:
            raise Damaged("It holds other numbers of rows than its manifest says.")
        connection.check_constraints()
        _reset_sequences(list(found.values()))


def _reset_sequences(models: list[type]) -> None:
    """The next row's key comes after the last one that was brought along."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
