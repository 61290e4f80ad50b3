"""How chat writes days and times; scripts get the same words and patterns, so that both write them alike."""

import datetime
from typing import Any

from django.utils import dateformat, timezone
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _


def vocabulary() -> dict[str, Any]:
    """What a script needs to write dates in the active language; weekdays begin with Monday."""
    return {
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "months": [str(MONTHS[month]) for month in range(1, 13)],
        "monthsShort": [str(MONTHS_3[month]).title() for month in range(1, 13)],
        "weekdays": [str(WEEKDAYS[day]) for day in range(7)],
        "weekdaysShort": [str(WEEKDAYS_ABBR[day]) for day in range(7)],
        **_patterns(),
    }


def day_line(day: datetime.date) -> str:
    """What the line before a day says: "Today", "Yesterday", "Tuesday, 10 March", "Tuesday, 10 March 2025"."""
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - datetime.timedelta(days=1):
        return _("Yesterday")
    return f"{dateformat.format(day, 'l')}, {_date(day, 'near', 'far')}"


def short_time(at: datetime.datetime) -> str:
    """When a room last spoke: "14:02", "Wed", "9 Mar", "9 Mar 2025"."""
    day = timezone.localtime(at).date()
    age = (timezone.localdate() - day).days
    if age <= 0:
        return clock(at)
    return dateformat.format(day, "D") if age < 7 else _date(day, "nearShort", "farShort")


def since(at: datetime.datetime) -> str:
    """What the line at the first unread says: "14:02" today, "Wed, 14:02" before."""
    short, time = short_time(at), clock(at)
    return time if short == time else f"{short}, {time}"


def clock(at: datetime.datetime) -> str:
    """Such as "14:02", in the person's zone."""
    return f"{timezone.localtime(at):%H:%M}"


def full_time(at: datetime.datetime) -> str:
    """All of it: "Tuesday, 10 March 2026, 14:02"."""
    day = timezone.localtime(at).date()
    return f"{dateformat.format(day, 'l')}, {dateformat.format(day, _patterns()['far'])}, {clock(at)}"


def stamp(at: datetime.datetime) -> str:
    """A time for machines, in UTC."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _date(day: datetime.date, near: str, far: str) -> str:
    return dateformat.format(day, _patterns()[near if day.year == timezone.localdate().year else far])


def _patterns() -> dict[str, str]:
    """In the letters of Django's date filter: j, F, M and Y, and whatever stands between them."""
    return {
        # Translators: a date without its year: 10 March
        "near": _("j F"),
        # Translators: a date with its year: 10 March 2026
        "far": _("j F Y"),
        # Translators: a short date without its year: 10 Mar
        "nearShort": _("j M"),
        # Translators: a short date with its year: 10 Mar 2026
        "farShort": _("j M Y"),
    }
