"""Who is at a thesis now: a mark in the shared cache that each server process keeps fresh for its own people.

A process that dies stops refreshing, and its people's marks expire. An invisible person has no mark.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.core.cache import cache

from digi.accounts.models import User
from digi.realtime.publish import publish
from thesis import events

LIFETIME = 70  # seconds a mark lasts; it is refreshed at every heartbeat


class Guest(NamedTuple):
    """A person at a thesis."""

    thesis: UUID
    user_id: int


def here(guests: Iterable[Guest]) -> set[Guest]:
    """Which of them are there, as far as they let it be seen."""
    keys = {_key(guest): guest for guest in guests}
    return {keys[key] for key in cache.get_many(list(keys))} if keys else set()


def arrived(guests: Sequence[Guest]) -> list[None]:
    """Mark people as there, or refresh their marks, and tell of those who were not; the invisible lose theirs."""
    wanted = set(guests)
    names = _names(wanted)
    visible = {guest for guest in wanted if guest.user_id in names}
    before = here(wanted)
    cache.set_many({_key(guest): 1 for guest in visible}, LIFETIME)
    hidden = before - visible
    cache.delete_many([_key(guest) for guest in hidden])
    _tell(visible - before, here=True)
    _tell(hidden, here=False)
    return [None for _ in guests]


def departed(guests: Sequence[Guest]) -> list[None]:
    """People whose last socket in this process is closed. Another process that has one says so at its next beat."""
    gone = here(guests)
    cache.delete_many([_key(guest) for guest in gone])
    _tell(gone, here=False)
    return [None for _ in guests]


def expired(guests: Sequence[Guest]) -> list[bool]:
    """Which of these, last seen there, have lost their mark: their process died. It is told."""
    gone = set(guests) - here(guests)
    _tell(gone, here=False)
    return [guest in gone for guest in guests]


def _tell(guests: set[Guest], *, here: bool) -> None:
    if not guests:
        return
    names = dict(User.objects.filter(pk__in={guest.user_id for guest in guests}).values_list("pk", "username"))
    publish(
        *(
            events.PresenceChanged(
                topic=events.workspace_topic(guest.thesis),
                thesis=str(guest.thesis),
                user=names[guest.user_id],
                user_id=guest.user_id,
                here=here,
            )
            for guest in guests
            if guest.user_id in names
        )
    )


def _names(guests: set[Guest]) -> dict[int, str]:
    visible = User.objects.present().filter(pk__in={guest.user_id for guest in guests}, invisible=False)
    return dict(visible.values_list("pk", "username"))


def _key(guest: Guest) -> str:
    return f"thesis:{guest.thesis}:{guest.user_id}"
