"""`manage.py move_files ADDRESS`: copies all files to where DIGI_FILES will point."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from digi.errors import DigiError
from digi.files import carriers
from digi.files.services import moving
from digi.files.services.moving import Moved

EVERY = 100  # files between two lines


class Command(BaseCommand):
    """Runs beside a server that works. Run again, it goes on, and takes what came since."""

    help = "Copies all files to another folder or bucket, compared by SHA-256; nothing is deleted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="what DIGI_FILES will be: a folder, or s3://bucket/prefix?endpoint=…")
        parser.add_argument("--from", dest="source", help="where they are, if not where DIGI_FILES says")
        parser.add_argument("--check", action="store_true", help="read every file again where it was copied to")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source = carriers.at(options["source"]) if options["source"] else carriers.current()
            target = carriers.at(options["address"])
            if target is source:
                raise CommandError("That is where the files are.")
            target.check()
            moved = moving.copy(source=source, target=target, reread=options["check"], tell=self._tell)
        except (ValueError, DigiError, OSError) as error:
            raise CommandError(f"{error} — run this again to go on.") from error

        self.stdout.write(f"{moved.copied} files copied, {moved.there} were there.")
        for key in moved.lost:
            self.stderr.write(f"Lost or damaged: {key}")
        if moved.lost:
            raise CommandError(f"{len(moved.lost)} files could not be copied.")
        self.stdout.write("Once DIGI_FILES names that place everywhere, run this again with --from the old one.")

    def _tell(self, moved: Moved) -> None:
        done = moved.copied + moved.there + len(moved.lost)
        if done % EVERY == 0:
            self.stdout.write(f"{done} files …")
