"""Things with a date, of which people are reminded: apps register where they find theirs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from digi.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that is open and has a date.

    `thing` names it for good (`milestone:<uuid>`); a date that is moved is reminded of anew. `to` and `escalate` are
    people with their reasons, as for `notify`: the first are reminded before the date, all of them after it; nobody is
    after it where `escalates` is off, for what begins at its date, such as a meeting, is not overdue then. `kind`
    is a registered kind, whose sentence gets two facts beside `facts`: `days`, whole days that are left, rounded up,
    −1 and less once the date has passed, and `date`, in ISO 8601.
    """

    thing: str
    at: datetime
    kind: str
    target: str
    title: str
    url: str
    to: Mapping[User, str]
    escalate: Mapping[User, str] = field(default_factory=dict)
    escalates: bool = True
    subject: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


Between = Callable[[datetime, datetime], Iterable[Due]]

sources: dict[str, Between] = {}


def register_dates(name: str, between: Between) -> None:
    """`between(start, end)` gives what is still open and due from `start` until `end`, in a few queries."""
    sources[name] = between
