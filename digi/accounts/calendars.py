"""Dates that concern a person: apps register where they find theirs, and the person's calendar shows them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from digi.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry of a calendar; `start` as a day is the whole day, as a time it lasts `minutes`.

    `uid` names it for good, such as `milestone-<uuid>`, and `sequence` counts its changes. `summary` is in the active
    language. It holds nobody's name or address: calendars are copied to machines that nobody here knows.
    """

    uid: str
    sequence: int
    start: date | datetime
    summary: str
    changed_at: datetime
    minutes: int = 60
    place: str = ""
    cancelled: bool = False


sources: dict[str, Callable[[User], Iterable[Event]]] = {}


def register_events(name: str, of: Callable[[User], Iterable[Event]]) -> None:
    """`of(user)` gives what concerns the person now, in a fixed number of queries."""
    sources[name] = of
