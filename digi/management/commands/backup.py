"""`manage.py backup`: all that Digi keeps in one file, taken while the server runs."""

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat

from digi.crypto import ring
from digi.disk import new_file
from digi.errors import DigiError
from digi.management.backup import archive, keys
from digi.management.backup.archive import Damaged
from digi.management.backup.manifest import Manifest, NotUnderstood
from digi.management.backup.progress import Progress
from digi.management.backup.saving import NotSaved, Saved, save
from digi.management.backup.snapshot import NoSnapshot

DAMAGED, INCOMPLETE = 3, 5


class Command(BaseCommand):
    help = (
        "Writes the database and the uploaded files into one archive, while the server runs. The keys are never in it: "
        "--keys writes them apart. Ends with 0; with 1 where nothing was written; with 5 where the archive is there, "
        "but files that rows name were lost or altered before; --verify with 3 for a damaged archive."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="a new file, a folder to make one in, or - for stdout")
        parser.add_argument("--keys", type=Path, metavar="FILE", help="write the keys into this new file, mode 0600")
        parser.add_argument("--verify", type=Path, metavar="FILE", help="check an archive, and write nothing")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        try:
            if options["verify"]:
                self._verify(options["verify"])
            elif file or options["keys"]:
                self._write(file, options["keys"])
            else:
                raise CommandError("Name a file or a folder for the archive.")
        except Damaged as error:
            raise CommandError(f"The archive is damaged. {error}", returncode=DAMAGED) from error
        except FileExistsError as error:
            raise CommandError(f"{error.filename or error} is there already. Nothing was overwritten.") from error
        except (NotSaved, NoSnapshot, NotUnderstood) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"No backup: {error.filename or 'the file'}: {error.strerror or error}.") from error
        except DatabaseError as error:
            raise CommandError(f"No backup: the database says: {error}") from error
        except DigiError as error:
            raise CommandError(f"No backup: {error.message}") from error

    def _write(self, file: Path | None, key_file: Path | None) -> None:
        if key_file:
            keys.write(key_file)
            self.stderr.write(f"Keys: {key_file}. Keep them apart from the archives: with both, all can be read.")
        if not file:
            return
        place = file if str(file) == "-" else _named(file)
        with _out(place) as out:
            saved = save(out, say=Progress(self.stderr.write))
        self._tell(place, saved)
        if not key_file:
            names = ", ".join(ring().names)
            self.stderr.write(
                f"The keys ({names}) are not in it, and without them every message in it is lost. "
                "Keep DIGI_ENCRYPTION_KEYS apart: `manage.py backup --keys FILE` writes them."
            )
        if saved.absent or saved.altered:
            lines = [*(f"lost: {path}" for path in saved.absent), *(f"altered: {path}" for path in saved.altered)]
            raise CommandError(
                "\n".join([*lines, "The archive is there, but these files were lost or altered before."]),
                returncode=INCOMPLETE,
            )

    def _tell(self, place: Path, saved: Saved) -> None:
        name = "standard output" if str(place) == "-" else place
        self.stderr.write(f"Backup: {name}, {_content(saved.manifest)}.")
        if saved.gone:
            self.stderr.write(f"Deleted by somebody meanwhile, and not in it: files: {saved.gone:,}.")
        if lost := [one for one in saved.manifest.sealed if not one.key]:
            self.stderr.write(f"Opened by no key of this server, and so lost before: {keys.told(lost)}.")

    def _verify(self, file: Path) -> None:
        manifest, end = archive.verify(file)
        self.stdout.write(f"{file} is whole: {_content(manifest)}, all {end.parts:,} parts as they were written.")
        self.stdout.write(f"Made by Digi {manifest.digi} on {manifest.database} at {manifest.at:%Y-%m-%d %H:%M} UTC.")
        if end.absent:
            self.stdout.write(f"{len(end.absent)} files are not in it, since they were not there when it was made.")
        missing = keys.missing(manifest)
        if missing:
            names = ", ".join(missing)
            self.stdout.write(f"This server has not its keys {names}: what they have sealed would be lost here.")
        else:
            self.stdout.write("This server has the keys for it.")


def _named(target: Path) -> Path:
    """The file meant: in a folder, one that carries the moment in its name."""
    return target / f"digi-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar" if target.is_dir() else target


def _out(place: Path) -> AbstractContextManager[IO[bytes]]:
    return nullcontext(sys.stdout.buffer) if str(place) == "-" else new_file(place)


def _content(manifest: Manifest) -> str:
    rows = sum(table.rows for table in manifest.tables)
    size = filesizeformat(manifest.size).replace("\xa0", " ")
    return f"{rows:,} rows of {len(manifest.tables)} tables, {manifest.files:,} files ({size})"
