"""Reminders before a date and the escalation after it, each once whatever the worker does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digi.notifications import dates, kinds
from digi.notifications.models import Notification, Reminder
from digi.notifications.services import keeping, reminders
from tests.digi.notifications.conftest import AUTHOR, NEIGHBOUR

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DATE = kinds.Kind(name="test.date", label="Dates", sentence=lambda told: f"due in {told.facts['days']} days")


@pytest.fixture
def due(monkeypatch, thing, alice, bob):
    """What is due, as an app would give it; tests change the list."""
    monkeypatch.setitem(kinds.kinds, DATE.name, DATE)
    listed: list[dates.Due] = []

    def add(name: str = "report", *, days: float, **how):
        known = {"kind": DATE.name, "target": thing.name, "title": "A thing", "url": "/thing/"}
        people = {"to": {alice: AUTHOR.name}, "escalate": {bob: NEIGHBOUR.name}} | how
        listed.append(dates.Due(thing=f"milestone:{name}", at=NOW + timedelta(days=days), **known | people))

    monkeypatch.setitem(dates.sources, "test", lambda start, end: [one for one in listed if start <= one.at <= end])
    add.listed = listed
    return add


def told() -> list[tuple[str, int]]:
    """Who was told, and how many days were left; and nothing of it any more."""
    rows = [(one.user.username, one.facts["days"]) for one in Notification.objects.order_by("pk")]
    Notification.objects.all().delete()
    return rows


def test_people_are_reminded_14_7_and_1_days_before_and_others_after(due):
    due(days=20)

    heard = {}
    for day in range(32):
        reminders.remind(NOW + timedelta(days=day, minutes=1))
        if rows := told():
            heard[day] = rows

    assert heard == {
        6: [("alice", 14)],
        13: [("alice", 7)],
        19: [("alice", 1)],
        20: [("alice", -1), ("bob", -1)],
    }


def test_reminder_is_given_once_however_often_the_worker_runs(due):
    due(days=6)

    for _ in range(3):
        reminders.remind(NOW)

    assert told() == [("alice", 6)]
    assert Reminder.objects.count() == 1


def test_what_begins_at_its_date_is_not_overdue_after_it(due):
    due(days=1, escalates=False)

    for moment in (NOW, NOW + timedelta(days=1), NOW + timedelta(days=2)):
        reminders.remind(moment)

    assert told() == [("alice", 1)]


def test_others_hear_of_what_nobody_is_left_to_do_once_it_is_overdue(due):
    due(days=1, to={})

    for moment in (NOW, NOW + timedelta(days=2)):
        reminders.remind(moment)

    assert told() == [("bob", -1)]


def test_who_comes_after_a_reminder_for_nobody_is_reminded(due, alice):
    due(days=1, to={})
    reminders.remind(NOW)
    due.listed.clear()
    due(days=1)

    reminders.remind(NOW)

    assert told() == [("alice", 1)]


def test_worker_that_was_down_gives_the_nearest_alone(due):
    due(days=14)
    reminders.remind(NOW + timedelta(hours=1))
    assert told() == [("alice", 14)]

    reminders.remind(NOW + timedelta(days=13, hours=12))

    assert told() == [("alice", 1)]


def test_date_that_is_moved_is_reminded_of_anew(due):
    due(days=1)
    reminders.remind(NOW)
    assert told() == [("alice", 1)]
    due.listed.clear()
    due(days=7)

    reminders.remind(NOW)

    assert told() == [("alice", 7)]


def test_what_is_done_is_not_reminded_of(due):
    due(days=1)
    due.listed.clear()

    reminders.remind(NOW)

    assert told() == []


def test_nobody_is_reminded_of_what_they_may_not_read(due, thing, alice):
    due(days=-1)
    thing.readers.discard(alice.pk)

    reminders.remind(NOW)

    assert told() == [("bob", -1)]


@pytest.mark.parametrize(
    ("days", "step"), [(14.1, None), (14, 14), (7.5, 14), (7, 7), (1.01, 7), (1, 1), (0.01, 1), (0, -1), (-9, -1)]
)
def test_step_follows_from_the_time_that_is_left(days, step):
    assert reminders.step(timedelta(days=days)) == step


def test_two_workers_at_once_give_one_reminder(due, monkeypatch):
    due(days=1)
    row = due.listed[0]
    Reminder.objects.create(thing=row.thing, date=row.at, days=1)

    reminders._give(row, 1, NOW)

    assert told() == []


def test_old_notifications_go_and_others_stay(due, alice):
    for days in (1, 7, 14):
        due(str(days), days=days)
    reminders.remind(NOW)
    old = NOW - timedelta(days=91)
    first, second, _ = Notification.objects.order_by("pk").values_list("pk", flat=True)
    Notification.objects.filter(pk=first).update(done_at=old)
    Notification.objects.filter(pk=second).update(at=old, read_at=old)

    keeping.tidy()

    assert Notification.objects.count() == 2
    assert not Notification.objects.filter(pk=first).exists()
