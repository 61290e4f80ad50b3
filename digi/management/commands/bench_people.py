"""`manage.py bench_people N`: people in pairs, signed in, for load generators."""

import json
from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from chat import connection
from chat.services import rooms
from digi.accounts.models import User


class Command(BaseCommand):
    """Prints a JSON line a person: `user`, `cookie` (the Cookie header of a signed-in session), `connection_id`."""

    help = "Make N people in pairs (or all in one room) and print a signed-in session for each. Needs DIGI_BENCH=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int, metavar="N")
        parser.add_argument("--room", action="store_true", help="put all of them into one room")
        parser.add_argument("--password", default="", help="let the first of them sign in with it")

    def handle(self, *args: Any, count: int, room: bool, password: str, **options: Any) -> None:
        if not settings.DIGI_BENCH:
            raise CommandError("bench_people makes people who are signed in: it wants DIGI_BENCH=1.")
        if count < 2 or (count % 2 and not room):
            raise CommandError("N must be 2 or more, and even unless all are in one room: people come in pairs.")

        with transaction.atomic():
            people = _people(count)
            if password:
                _let_sign_in(people[0], password)
            room_ids = [_shared_room(people)] * count if room else _pairs(people)
            for user, room_id in zip(people, room_ids, strict=True):
                cookie = f"{settings.SESSION_COOKIE_NAME}={_session(user)}"
                line = {"user": user.username, "cookie": cookie, "connection_id": connection.issue(room_id, user.pk)}
                self.stdout.write(json.dumps(line))


def _people(count: int) -> list[User]:
    first = User.objects.filter(username__startswith="bench-").count()
    people = [User(username=f"bench-{first + i}", display_name=f"Bench {first + i}") for i in range(count)]
    for user in people:
        user.set_unusable_password()
    User.objects.bulk_create(people, batch_size=100)
    names = [user.username for user in people]
    found = {user.username: user for i in range(0, count, 500) for user in _named(names[i : i + 500])}
    return [found[name] for name in names]


def _let_sign_in(user: User, password: str) -> None:
    user.set_password(password)
    user.email = f"{user.username}@example.org"
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def _named(names: list[str]) -> list[User]:
    return list(User.objects.filter(username__in=names))


def _pairs(people: list[User]) -> list[int]:
    ids = []
    for one, other in zip(people[::2], people[1::2], strict=True):
        room, _ = rooms.open_pair(by=one, other=other)
        ids += [room.pk, room.pk]
    return ids


def _shared_room(people: list[User]) -> int:
    return rooms.open_group(by=people[0], others=people[1:], title="Bench").pk


def _session(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)
