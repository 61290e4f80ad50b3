import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from digi import crypto
from digi.errors import Invalid
from thesis.services import verification


class Command(BaseCommand):
    help = (
        "Checks a receipt for a submission against the file, without a database. The receipt must be signed by a "
        "public key that --key names, or, where none is named, by one of this server's own."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("receipt", type=Path, nargs="?", help="the JSON file that the student keeps")
        parser.add_argument("file", type=Path, nargs="?", help="the file that was handed in")
        parser.add_argument("--key", action="append", default=[], help="a public key that is trusted, in base64")
        parser.add_argument("--print-keys", action="store_true", help="print this server's public keys, newest first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print_keys"]:
            self.stdout.write("\n".join(crypto.known_public_keys()))
            return
        if options["file"] is None:
            raise CommandError("Name the receipt and the file.")

        keys = options["key"] or crypto.known_public_keys()
        try:
            found = verification.check(_read(options["receipt"]), sha256=_digest(options["file"]), keys=keys)
        except Invalid as error:
            raise CommandError(f"{error.message} ({error.code})") from error
        trust = "named by --key" if options["key"] else "of this server"
        self.stdout.write(f"The receipt is genuine, and the file is the one that was handed in: {found.name}")
        self.stdout.write(f"Handed in at {found.submitted_at} (UTC)\nSHA-256      {found.sha256}")
        self.stdout.write(f"Chain hash   {found.hash}\nPublic key   {found.key} ({trust})")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError:
        return None  # no receipt


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
