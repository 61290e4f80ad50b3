"""A person's calendar as a feed that programs fetch by a secret link: RFC 5545, without anybody's address."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import icalendar
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from digi.accounts.calendars import Event, sources
from digi.accounts.models import CalendarFeed, User
from digi.audit import services as audit
from digi.errors import NotFound

USE_KEPT_FOR = timedelta(hours=1)
UNSTAMPED = datetime(1970, 1, 1, tzinfo=UTC)  # for comparing what a calendar says, whenever it says it
REFRESH = timedelta(hours=1)  # how often clients are asked to look again


@transaction.atomic
def share(*, user: User) -> tuple[CalendarFeed, str]:
    """A new link, in place of the one there was, which is dead at once. Its secret is shown once and never stored."""
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(user=user).delete()
    feed = CalendarFeed.objects.create(user=user, digest=_digest(secret.encode()))
    audit.record(action="calendar.shared", actor=user, target=audit.target_of(user))
    return feed, secret


@transaction.atomic
def withdraw(*, user: User) -> None:
    """Make the link worthless."""
    gone, _rows = CalendarFeed.objects.filter(user=user).delete()
    if gone:
        audit.record(action="calendar.revoked", actor=user, target=audit.target_of(user))


def fetch(*, secret: str) -> bytes:
    """The calendar behind a link, in its owner's language.

    Raises `NotFound`, the same for unknown and revoked links and for people who have no account any more.
    """
    standing = CalendarFeed.objects.filter(user__is_active=True, user__anonymised_at=None).select_related("user")
    feed = standing.filter(digest=_digest(secret.encode())).first()
    if feed is None:
        raise NotFound(_("This link does not stand, or stands no more."), code="unknown_link")

    with translation.override(feed.user.language):
        events = sorted((event for of in sources.values() for event in of(feed.user)), key=lambda event: event.uid)
        _note_use(feed, _digest(_written(feed, events, UNSTAMPED)))
        return _written(feed, events, feed.changed_at)


def _note_use(feed: CalendarFeed, content: str) -> None:
    """Write down the use, at most once an hour, and that the calendar says something new, which dates its entries."""
    now = timezone.now()
    if feed.content != content:
        CalendarFeed.objects.filter(pk=feed.pk).update(content=content, changed_at=now, last_used_at=now)
        feed.changed_at = now
    elif feed.last_used_at is None or now - feed.last_used_at > USE_KEPT_FOR:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=now)


def _written(feed: CalendarFeed, events: list[Event], stamp: datetime) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Digi//Digi//EN")
    calendar.add("version", "2.0")
    calendar.add("name", settings.DIGI_NAME)  # RFC 7986, and what clients read that are older
    calendar.add("x-wr-calname", settings.DIGI_NAME)
    calendar.add("x-wr-timezone", feed.user.time_zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_entry(event, stamp))
    return bytes(calendar.to_ical())


def _entry(event: Event, stamp: datetime) -> icalendar.Event:
    """Times are in UTC, so that no zone's rules have to travel along; whole days are days wherever one is."""
    entry = icalendar.Event()
    entry.add("uid", f"{event.uid}@digi")
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("summary", event.summary)
    if isinstance(event.start, datetime):
        entry.add("dtstart", event.start.astimezone(UTC))
        entry.add("dtend", event.start.astimezone(UTC) + timedelta(minutes=event.minutes))
    else:
        entry.add("dtstart", event.start)
        entry.add("dtend", event.start + timedelta(days=1))
        entry.add("transp", "TRANSPARENT")
    if event.place:
        entry.add("location", event.place)
    if event.cancelled:
        entry.add("status", "CANCELLED")
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    return entry


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
