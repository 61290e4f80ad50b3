"""`manage.py first_administrator`: whoever sets a server up gets into it, without a password that others know."""

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from digi.accounts.models import User
from digi.accounts.services import first
from digi.environment import Environment
from digi.errors import DigiError
from digi.notifications.services.links import absolute


class Command(BaseCommand):
    """Idempotent: does nothing where there is an administrator. The image's `init` runs it at each start."""

    help = (
        "Make the first administrator from DIGI_ADMIN_EMAIL, DIGI_ADMIN_USER and DIGI_ADMIN_PASSWORD or …_FILE; "
        "without a password print a link, valid for a day, at which to choose one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not first.is_missing():
            self.stdout.write("There is an administrator.")
            return
        env = Environment(settings.BASE_DIR)
        password = env.str("DIGI_ADMIN_PASSWORD", "")
        if password:
            self._make(env.str("DIGI_ADMIN_USER", "admin"), env.str("DIGI_ADMIN_EMAIL", ""), password)
            return
        address = absolute(reverse("accounts:first", args=[first.key()]))
        self.stdout.write(
            "There is no administrator yet. Whoever opens this within a day, and first, becomes it:\n\n"
            f"    {address}\n\n"
            "Or: manage.py createsuperuser"
        )

    def _make(self, username: str, email: str, password: str) -> None:
        if not email:
            raise CommandError("DIGI_ADMIN_PASSWORD needs DIGI_ADMIN_EMAIL, the administrator's address.")
        try:
            validate_password(password, User(username=username, email=email))
            user = first.create(username=username, email=email, password=password)
        except ValidationError as error:
            raise CommandError(f"DIGI_ADMIN_PASSWORD: {' '.join(error.messages)}") from error
        except DigiError as error:
            faults = error.extra.get("errors", {})
            said = [f"{name}: {' '.join(map(str, sentences))}" for name, sentences in faults.items()]
            raise CommandError(" ".join([str(error.message), *said])) from error
        self.stdout.write(f"{user.username} is the administrator, and can sign in with {user.email}, too.")
