"""`manage.py createsuperuser`: Django's own would make an administrator whose address nobody has confirmed."""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from digi.accounts.models import User
from digi.accounts.services import people
from digi.errors import DigiError


class Command(BaseCommand):
    """Asks for what the options leave open; with --noinput the password comes from DJANGO_SUPERUSER_PASSWORD."""

    help = "Make an administrator, such as the first one of a new server. The address counts as confirmed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username")
        parser.add_argument("--email")
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")

    def handle(self, *, username: str | None, email: str | None, interactive: bool, **options: Any) -> None:
        try:
            username = username or self._asked("User name: ", "--username", interactive)
            email = email or self._asked("E-mail address: ", "--email", interactive)
            password = self._password(User(username=username, email=email), interactive)
            people.create(
                username=username, email=email, verified=True, password=password, is_staff=True, is_superuser=True
            )
        except DigiError as error:
            raise CommandError(" ".join([str(error.message), *_reasons(error)])) from error
        except (EOFError, KeyboardInterrupt) as error:
            raise CommandError("Nothing was made. Without a terminal, use --noinput.") from error
        self.stdout.write(f"{username} can sign in, with the user name or {email}, and open /admin/.")

    def _asked(self, question: str, option: str, interactive: bool) -> str:
        if not interactive:
            raise CommandError(f"--noinput needs {option}.")

        while not (answer := input(question).strip()):
            self.stderr.write("It cannot be empty.")
        return answer

    def _password(self, user: User, interactive: bool) -> str:
        if not interactive:
            return _strong(os.environ.get("DJANGO_SUPERUSER_PASSWORD", ""), user)

        while True:
            password = getpass("Password: ")
            if password != getpass("Password, again: "):
                self.stderr.write("These two differ.")
                continue
            try:
                return _strong(password, user)
            except CommandError as error:
                self.stderr.write(str(error))


def _strong(password: str, user: User) -> str:
    """The password, or why it will not do. Raises `CommandError`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password


def _reasons(error: DigiError) -> list[str]:
    fields = error.extra.get("errors", {})
    return [f"{name}: {' '.join(map(str, reasons))}" for name, reasons in fields.items()]
