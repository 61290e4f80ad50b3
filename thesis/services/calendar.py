"""The dates of theses and applications as entries of a person's calendar."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from digi.accounts.calendars import Event, register_events
from digi.accounts.models import User
from thesis import days
from thesis.services import appointments
from thesis.services.appointments import Appointment, Span

PAST = timedelta(days=180)  # how long what is over stays
AT_MOST = 1000  # of each kind, the latest


def register() -> None:
    register_events("theses", events)


def events(user: User) -> Iterator[Event]:
    """What is to come, and what was in the last half year."""
    span = Span(days.today() - PAST, None, AT_MOST)
    return map(_event, appointments.within(user, span, latest_first=True))


def _event(found: Appointment) -> Event:
    """One that was cancelled is told as such, so that programs strike it out."""
    return Event(
        uid=f"{found.kind}-{found.row.uuid}",
        sequence=found.version,
        start=found.start,
        summary=summary(found),
        minutes=found.minutes,
        place=found.place,
        cancelled=found.cancelled,
        changed_at=found.changed_at,
    )


def summary(found: Appointment) -> str:
    """What it is in a line, in the active language; nobody's name is in it."""
    words = {
        "due": _("Hand in: %(title)s"),
        "defence": _("Defence: %(title)s"),
        "milestone": _("Milestone: %(name)s (%(title)s)"),
        "task": _("Task: %(name)s (%(title)s)"),
        "meeting": _("Meeting: %(title)s"),
        "interview": _("Interview: %(title)s"),
    }
    return words[found.kind] % {"title": found.subject.title, "name": found.name}
