"""Reminders 14, 7 and 1 days before a date, and the escalation after it."""

import logging
from datetime import datetime, timedelta
from math import ceil, floor

from django.db import IntegrityError, transaction
from django.utils import timezone

from digi.accounts.models import User
from digi.moments import moment
from digi.notifications.dates import Due, sources
from digi.notifications.models import Reminder
from digi.notifications.services.telling import notify

log = logging.getLogger(__name__)

STEPS = (1, 7, 14)  # days before a date
ESCALATION = -1
OVERDUE = timedelta(days=30)  # how long after a date the escalation may still come, where no worker ran


def remind(now: datetime | None = None) -> None:
    """The worker's duty: give every reminder that is due, once; of those that were missed, the nearest alone."""
    now = now or timezone.now()
    start, end = now - OVERDUE, now + timedelta(days=max(STEPS))
    given = set(Reminder.objects.filter(date__gte=start, date__lte=end).values_list("thing", "date", "days"))
    for between in sources.values():
        for due in between(start, end):
            days = step(due.at - now)
            if days is not None and (due.thing, due.at, days) not in given and _people(due, days):
                _give(due, days, now)


def step(left: timedelta) -> int | None:
    """Which reminder it is time for, so long before the date: 14, 7, 1, or −1 after it; None while it is far."""
    if left <= timedelta(0):
        return ESCALATION
    return next((days for days in STEPS if left <= timedelta(days=days)), None)


def _people(due: Due, days: int) -> dict[User, str]:
    if days != ESCALATION:
        return dict(due.to)
    return {**due.escalate, **due.to} if due.escalates else {}


def _give(due: Due, days: int, now: datetime) -> None:
    left = (due.at - now) / timedelta(days=1)
    facts = {**due.facts, "days": ceil(left) if left > 0 else min(floor(left), -1), "date": moment(due.at)}
    try:
        with transaction.atomic():
            Reminder.objects.create(thing=due.thing, date=due.at, days=days)
            notify(
                kind=due.kind,
                to=_people(due, days),
                target=due.target,
                subject=due.subject,
                title=due.title,
                url=due.url,
                facts=facts,
                once=f"{due.thing} {moment(due.at)} {days}",
                followers=False,
            )
    except IntegrityError:  # another worker gives it at this very moment
        log.info("a reminder of %s was given by another worker", due.thing)
