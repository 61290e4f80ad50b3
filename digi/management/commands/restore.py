"""`manage.py restore`: a backup into an empty database, of whichever kind."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from digi.errors import DigiError
from digi.management.backup import chains, keys
from digi.management.backup.archive import Damaged
from digi.management.backup.manifest import NotUnderstood
from digi.management.backup.progress import Progress
from digi.management.backup.restoring import KeysMissing, Refused, Unmigrated, restore

DAMAGED, NO_KEYS, BROKEN, UNMIGRATED = 3, 4, 5, 6


class Command(BaseCommand):
    help = (
        "Fills an empty database and DIGI_FILES from an archive of `manage.py backup`, on whichever database it was "
        "made, and checks all chains of hashes. Ends with 0; with 1 where it refuses or cannot go on, 3 for a damaged "
        "archive, 4 where its keys are missing (the database is still empty then); with 5 where chains are broken, 6 "
        "where `migrate` is all that is left to do."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the archive")
        parser.add_argument("--without-keys", action="store_true", help="go on although keys are missing: see above")

    def handle(self, *args: Any, file: Path, without_keys: bool, **options: Any) -> None:
        try:
            manifest = restore(file, without_keys=without_keys, say=Progress(self.stderr.write))
        except Damaged as error:
            raise CommandError(f"The archive is damaged. {error} Nothing was restored.", returncode=DAMAGED) from error
        except KeysMissing as error:
            raise CommandError(_without(error), returncode=NO_KEYS) from error
        except (Refused, NotUnderstood) as error:
            raise CommandError(f"{error} Nothing was restored.") from error
        except Unmigrated as error:
            raise CommandError(
                f"Rows and files are there, of the archive's release; on the way to this one it says: {error} "
                "Once the cause is gone, `manage.py migrate` goes on.",
                returncode=UNMIGRATED,
            ) from error
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror or error}. {AGAIN}") from error
        except DatabaseError as error:
            raise CommandError(f"The database says: {error} {AGAIN}") from error
        except DigiError as error:
            raise CommandError(f"{error.message} {AGAIN}") from error

        rows = sum(table.rows for table in manifest.tables)
        self.stdout.write(f"Restored: {rows:,} rows, {manifest.files:,} files, as of {manifest.at:%Y-%m-%d %H:%M} UTC.")
        self._check()

    def _check(self) -> None:
        lost = [one for one in keys.uses() if not one.key]
        if lost:
            self.stdout.write(f"Opened by no key of this server, and lost with all they hold: {keys.told(lost)}.")
        else:
            self.stdout.write("The keys of this server open everything that is sealed.")
        found = chains.walk()
        if found.broken:
            raise CommandError(f"Restored, but these chains do not hold: {'; '.join(found.broken)}.", returncode=BROKEN)
        self.stdout.write(
            f"All chains of hashes hold. Lines of the audit: {found.lines:,}, rooms: {found.rooms:,}, "
            f"histories of theses and applications: {found.histories:,}."
        )
        self.stdout.write("Everybody signs in anew. The worker sends what was waiting to be sent.")


AGAIN = "Nothing was restored; once the cause is gone, the same command begins anew."


def _without(error: KeysMissing) -> str:
    sealed = [one for one in error.manifest.sealed if one.key in error.missing]
    what = keys.told(sealed) or "its messages, as far as is known"
    return (
        f"Missing in DIGI_ENCRYPTION_KEYS: {', '.join(error.missing)}. Sealed with what is missing, and lost without "
        f"it, messages first of all: {what}. Bring the keys back (the file of `backup --keys`), or go on without them "
        "for good: --without-keys. Nothing was restored."
    )
