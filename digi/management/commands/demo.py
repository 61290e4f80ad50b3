"""`manage.py demo`: people who talk, write theses and watch a camera, for development and for looking around."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Max

from digi.accounts.models import Department, Role, User
from digi.accounts.services import departments, people
from digi.environment import kept
from digi.management.demo.camera import set_up
from digi.management.demo.crowd import settle
from digi.management.demo.measures import make_up
from digi.management.demo.script import PEOPLE, TALKS, DemoPerson
from digi.management.demo.talks import hold
from digi.management.demo.theses import tell
from digi.notifications.models import Channel, Delivery

DEPARTMENT = {"slug": "ds", "name": "Distributed Systems"}


class Command(BaseCommand):
    """Idempotent: what is there stays, what is missing is made."""

    help = "Make the demo accounts, their rooms, theses and camera. Refused when DIGI_DEBUG=0."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")
        parser.add_argument("--theses", type=int, default=0, metavar="N", help="fill a big department, with N theses")

    def handle(self, *args: Any, migrate: bool, theses: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demo accounts share a known password: refused when DIGI_DEBUG=0.")
        if migrate:
            call_command("migrate", verbosity=0)

        last = Delivery.objects.aggregate(last=Max("pk"))["last"] or 0
        password = settings.DIGI_DEMO_PASSWORD or kept(settings.VAR / "demo_password", _password)
        with transaction.atomic():
            department, _ = Department.objects.get_or_create(slug=DEPARTMENT["slug"], defaults=DEPARTMENT)
            everyone = {person.user_name: _account(person, password, department) for person in PEOPLE}
            everyone["admin"] = _admin(password)
            if not everyone[PEOPLE[0].user_name].check_password(password):  # one stands for all: each check is slow
                for user in everyone.values():
                    people.set_password(user=user, password=password)
        for talk in TALKS:
            with transaction.atomic():
                hold(talk, everyone)
        tell(everyone, department)
        set_up(everyone, department, settings.VAR / "demo_camera_token")
        make_up()
        if theses:
            made = settle(theses, department)
            self.stdout.write(f"Theses of a big department: {theses}, {made} of them new")
        mails = Delivery.objects.filter(pk__gt=last, user__in=everyone.values(), channel=Channel.MAIL)
        mails.delete()  # nobody waits for mails about what the demo has made up
        names = ", ".join(everyone)
        self.stdout.write(f"Demo accounts: {names} · password: {password}")


def _account(person: DemoPerson, password: str, department: Department) -> User:
    known: User | None = User.objects.filter(username=person.user_name).first()
    if known is not None:
        return known

    user = people.create(
        username=person.user_name,
        email=f"{person.user_name}@digi.example",
        verified=True,
        display_name=person.display_name,
        password=password,
        language=person.language,
    )
    for role in person.roles:
        departments.grant(user=user, department=department, role=Role(role))
    return user


def _admin(password: str) -> User:
    known: User | None = User.objects.filter(username="admin").first()
    if known is not None:
        return known

    return people.create(
        username="admin",
        email="admin@digi.example",
        verified=True,
        display_name="Administrator",
        password=password,
        is_staff=True,
        is_superuser=True,
    )


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(3))
