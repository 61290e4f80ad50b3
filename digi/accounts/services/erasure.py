"""Forgetting who a person was: what goes, what stays and why, and the deed itself, all by the same list."""

from dataclasses import dataclass

from digi.accounts import holdings
from digi.accounts.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one kind of rows; `why` is empty for those that go."""

    name: str
    label: str
    count: int
    why: str


def preview(user: User) -> list[Line]:
    """What an erasure would do now, in the active language: one query a place; places without a row are left out."""
    found = [
        Line(holding.name, str(holding.label), holding.rows(user).count(), str(holding.why))
        for holding in holdings.everything()
    ]
    return [line for line in found if line.count]


def lock(user: User) -> None:
    """Keep from others what `forget` changes, before the audit's end is locked by the first line about it."""
    for holding in reversed(holdings.everything()):
        if holding.lock is not None:
            holding.lock(user)


def forget(user: User) -> None:
    """Take away everything that goes, within the caller's transaction: `people.anonymise` is the way in."""
    for holding in reversed(holdings.everything()):
        if holding.forget is not None:
            holding.forget(user)
        elif holding.goes:
            holding.rows(user).delete()
