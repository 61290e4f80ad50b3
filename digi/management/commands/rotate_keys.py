"""`manage.py rotate_keys`: what older keys of the ring have sealed is sealed anew, while servers and workers run."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from chat.connection import LIFETIME
from digi.crypto import ring
from digi.management.rotation import NO_KEY, WRITTEN, census, renew
from digi.management.sealed import PLACES

ROUNDS = 3  # what a request puts back that had read it before is found by the next one
OLDER_LEFT, UNREADABLE = 1, 2  # exit codes


class Command(BaseCommand):
    """Ends with 0 where the newest key alone opens everything, 1 where older ones are needed, 2 where none helps."""

    help = (
        "Seal with the first key of DIGI_ENCRYPTION_KEYS what the others have sealed, while everything runs. "
        "It may be ended at any time, and goes on when it is run again. Before it: docs/operations.md, Keys."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="count what hangs on which key, and change nothing")
        parser.add_argument("--at-once", type=int, default=WRITTEN, help="rows in one transaction (%(default)s)")

    def handle(self, *args: Any, check: bool, at_once: int, **options: Any) -> None:
        try:
            counts = _counted() if check else self._renewed(max(1, at_once))
        except DatabaseError as error:
            raise CommandError(f"The database failed ({error}). Run it again: it goes on where it was.") from error

        self._show(counts)
        total = sum(counts.values(), Counter())
        older = sum(count for position, count in total.items() if position > 0)
        if total[NO_KEY]:
            raise CommandError(
                f"No key of DIGI_ENCRYPTION_KEYS opens {total[NO_KEY]} of them. They were left as they are: "
                "look for a lost key, in the copies that lie apart.",
                returncode=UNREADABLE,
            )
        if older:
            raise CommandError(f"Older keys are still needed for {older} of them.", returncode=OLDER_LEFT)
        self._conclude()

    def _renewed(self, at_once: int) -> dict[str, Counter[int]]:
        for _ in range(ROUNDS):
            for place in PLACES:
                if done := renew(place, at_once=at_once):
                    self.stdout.write(f"{place.name}: {done} sealed anew")
            counts = _counted()
            if not any(position > 0 for count in counts.values() for position in count):
                break
        return counts

    def _show(self, counts: dict[str, Counter[int]]) -> None:
        names = ring().names
        heads = [f"{names[0]} (seals)", *names[1:], "no key"]
        places = [*range(len(names)), NO_KEY]
        width = max(len(name) for name in counts)
        self.stdout.write(" " * width + "".join(f"{head:>20}" for head in heads))
        for name, count in counts.items():
            self.stdout.write(name.ljust(width) + "".join(f"{count[place]:>20}" for place in places))

    def _conclude(self) -> None:
        self.stdout.write(self.style.SUCCESS(f"The key {ring().names[0]} opens everything that is stored."))
        if len(ring().names) > 1:
            self.stdout.write(
                "A key that sealed before may leave DIGI_ENCRYPTION_KEYS when --check says this once more,\n"
                f"{LIFETIME // 3600} hours after the last process was restarted. Keep it with backups made so far.\n"
                "Receipts are known by public keys: put those of keys that leave into DIGI_RECEIPT_KEYS."
            )
            for name, public in zip(ring().names[1:], ring().public_keys()[1:], strict=True):
                self.stdout.write(f"{name}: {public}")


def _counted() -> dict[str, Counter[int]]:
    return {place.name: census(place) for place in PLACES}
