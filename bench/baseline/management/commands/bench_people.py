"""`bench_people N`: signed-in people for the load generator, the same contract as Digi's command of that name."""

import json
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction


class Command(BaseCommand):
    """Prints a line of JSON for each person: `user`, `cookie`, `connection_id` (here the room's name)."""

    help = "Make N signed-in people in pairs, or all in one room."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("--room", action="store_true", help="put all of them into one room")

    @transaction.atomic
    def handle(self, *args: Any, count: int, room: bool, **options: Any) -> None:
        first = User.objects.count()
        for number in range(first, first + count):
            user = User(username=f"person-{number}")
            user.set_unusable_password()
            user.save()
            name = f"room-{first}" if room else f"pair-{first}-{(number - first) // 2}"
            line = {"user": user.username, "cookie": f"sessionid={_sign_in(user)}", "connection_id": name}
            self.stdout.write(json.dumps(line))


def _sign_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
