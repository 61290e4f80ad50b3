"""Dates as days and what is on them, on the person's own clock."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from thesis.services.appointments import Appointment

AT_MOST = 12  # entries; the calendar has them all


@dataclass(frozen=True, slots=True)
class Item:
    """`at` is None for what lasts the whole day."""

    at: datetime | None
    words: str
    work: str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    items: list[Item] = field(default_factory=list)


def by_day(dates: Iterable[Appointment]) -> list[Day]:
    """The nearest day first; what lasts the whole day comes before what has a time."""
    days: dict[date, Day] = {}
    for found in list(dates)[:AT_MOST]:
        at = timezone.localtime(found.start) if isinstance(found.start, datetime) else None
        day = at.date() if at else found.start
        days.setdefault(day, Day(day)).items.append(_item(found, at))
    return [days[day] for day in sorted(days)]


def _item(found: Appointment, at: datetime | None) -> Item:
    words = {
        "due": _("Hand in"),
        "defence": _("Defence"),
        "milestone": found.name,
        "task": found.name,
        "meeting": _("Meeting"),
        "interview": _("Interview"),
    }
    return Item(at, words[found.kind], found.subject.title, found.place, _address(found))


def _address(found: Appointment) -> str:
    thesis = found.subject.uuid
    if found.kind == "meeting":
        return reverse("thesis:meeting", args=[thesis, found.row.uuid])
    if found.kind in ("task", "milestone"):
        return f"{reverse('thesis:work', args=[thesis])}#row-{found.row.uuid}"
    return reverse("thesis:application" if found.kind == "interview" else "thesis:overview", args=[thesis])
