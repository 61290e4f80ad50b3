"""Quiet hours and digests in a person's own zone, over midnight and over the change of the clocks."""

from datetime import UTC, datetime, time, timedelta

import pytest

from digi.accounts.models import User
from digi.notifications.models import Delivery, Inbox, Notification, Timing
from digi.notifications.services import hours, notify, states, wishes
from tests.digi.notifications.conftest import AUTHOR, REMARK

BERLIN = User(username="alice", time_zone="Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (("22:00", "07:00"), "2026-07-01T19:59", None),
        (("22:00", "07:00"), "2026-07-01T20:00", "2026-07-02T05:00"),
        (("22:00", "07:00"), "2026-07-02T04:59", "2026-07-02T05:00"),
        (("22:00", "07:00"), "2026-07-02T05:00", None),
        (("22:00", "07:00"), "2026-01-01T20:30", None),
        (("12:00", "13:00"), "2026-07-01T10:30", "2026-07-01T11:00"),
        (("22:00", "07:00"), "2026-03-28T23:00", "2026-03-29T05:00"),  # the night that is an hour shorter
        (("08:00", "08:00"), "2026-07-01T06:00", None),
        (None, "2026-07-01T22:00", None),
    ],
)
def test_quiet_hours_end_when_the_persons_clock_says_so(quiet, now, until):
    begin, end = (time.fromisoformat(part) for part in quiet) if quiet else (None, None)
    inbox = Inbox(quiet_from=begin, quiet_until=end)

    assert hours.quiet_until(inbox, BERLIN, at(now)) == (at(until) if until else None)
    assert hours.due(Timing.INSTANT, inbox, BERLIN, at(now)) == at(until or now)


@pytest.mark.parametrize(
    ("timing", "now", "due"),
    [
        (Timing.DAILY, "2026-07-01T04:59", "2026-07-01T05:00"),
        (Timing.DAILY, "2026-07-01T05:00", "2026-07-02T05:00"),
        (Timing.DAILY, "2026-10-24T12:00", "2026-10-25T06:00"),  # the clocks went back
        (Timing.WEEKLY, "2026-07-01T12:00", "2026-07-06T05:00"),
        (Timing.WEEKLY, "2026-07-06T04:00", "2026-07-06T05:00"),
        (Timing.WEEKLY, "2026-07-06T06:00", "2026-07-13T05:00"),
    ],
)
def test_digest_goes_at_the_persons_hour_and_day(timing, now, due):
    assert hours.due(timing, Inbox(), BERLIN, at(now)) == at(due)


@pytest.mark.django_db
def test_quiet_hours_hold_mails_and_the_browser_back_but_not_the_inbox(thing, alice):
    alice.time_zone = "UTC"
    alice.save()
    now = datetime.now(UTC)
    quiet = ((now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time())
    wishes.set_hours(user=alice, quiet=quiet, digest_hour=7, digest_weekday=0)

    (told,) = notify(**thing.told(), to={alice: AUTHOR.name})

    assert Notification.objects.of(alice).unread().count() == 1
    assert timedelta(minutes=58) < Delivery.objects.get().due_at - told.at < timedelta(minutes=61)


@pytest.mark.django_db
def test_kind_that_is_wanted_daily_comes_into_the_inbox_with_the_digest(thing, alice):
    wishes.prefer(user=alice, kind=REMARK.name, timings={"inbox": "daily"})

    (told,) = notify(**thing.told(), to={alice: AUTHOR.name})

    assert told.wakes_at == hours.due(Timing.DAILY, Inbox(), alice, told.at)
    assert not Notification.objects.of(alice).unread().exists()
    Notification.objects.update(wakes_at=told.at)
    states.wake_due()
    assert Notification.objects.of(alice).unread().exists()
