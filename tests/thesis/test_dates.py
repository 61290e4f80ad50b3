"""What people are reminded of, by whom it is read, and that it takes a fixed number of queries."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from digi.notifications import kinds
from digi.notifications.kinds import Told
from digi.notifications.models import Notification
from digi.notifications.services import reminders
from tests.thesis.making import dated, leave, put
from thesis import days
from thesis.services import dates, meetings, members, plan
from thesis.states import State

pytestmark = pytest.mark.django_db


def noon() -> datetime:
    """Of today: days end with midnight, and some are an hour longer or shorter."""
    return datetime.combine(days.today(), time(12), ZoneInfo(settings.DIGI_TIME_ZONE))


def told() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in Notification.objects.filter(kind="thesis.reminder").order_by("user__username", "pk"):
        found.setdefault(one.user.username, []).append(f"{one.facts['what']} {one.facts['days']} {one.reason}")
    return found


def test_due_date_is_told_before_and_escalates_after(thesis, alice, bob, grace):
    put(dated(thesis, due=6), state=State.WRITING)
    reminders.remind(noon())
    reminders.remind(noon())

    assert told() == {"alice": ["thesis 7 thesis.student"], "bob": ["thesis 7 thesis.supervisor"]}
    Notification.objects.all().delete()
    put(dated(thesis, due=-2), state=State.WRITING)
    reminders.remind(noon())
    assert set(told()) == {"alice", "bob", "grace"}
    assert told()["grace"] == ["thesis -2 thesis.coordinator"]


def test_coordinator_hears_of_a_late_thesis_that_nobody_is_left_on(thesis, alice, bob):
    put(dated(thesis, due=-2), state=State.WRITING)
    for user in (alice, bob):
        leave(thesis, user)

    reminders.remind(noon())

    assert told() == {"grace": ["thesis -2 thesis.coordinator"]}


def test_meetings_and_defences_are_not_overdue_once_they_have_begun(thesis, bob):
    put(thesis, state=State.DEFENCE, defence_at=noon() - timedelta(hours=1))
    meetings.arrange(thesis=thesis, by=bob, starts_at=noon() - timedelta(minutes=1))

    reminders.remind(noon())

    assert told() == {}


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.ARCHIVED, State.WITHDRAWN])
def test_nobody_is_reminded_of_what_is_not_being_written(thesis, state):
    put(dated(thesis, due=1), state=state)

    reminders.remind(noon())

    assert told() == {}


def test_milestones_tasks_meetings_and_the_defence_are_told_to_whom_they_concern(thesis, alice, bob, carol, dave):
    members.add(thesis=thesis, user=dave, role="student", by=bob)
    put(thesis, state=State.DEFENCE, defence_at=noon() + timedelta(days=5))
    soon = days.today() + timedelta(days=4)
    plan.add_milestone(thesis=thesis, by=bob, title="Slides", due_on=soon)
    plan.add_task(thesis=thesis, by=bob, title="Rehearse", due_on=soon, assignee=dave)
    gone = plan.add_task(thesis=thesis, by=bob, title="Done", due_on=soon, assignee=dave)
    plan.change_task(task=gone, by=dave, done=True)
    meetings.arrange(thesis=thesis, by=bob, starts_at=noon() + timedelta(days=3))

    reminders.remind(noon())

    student = ["defence 5 thesis.student", "milestone 5 thesis.student", "meeting 3 thesis.student"]
    assert sorted(told()["alice"]) == sorted(student)
    assert sorted(told()["dave"]) == sorted([*student, "task 5 thesis.assignee"])
    assert sorted(told()["carol"]) == ["defence 5 thesis.examiner", "meeting 3 thesis.examiner"]
    assert sorted(told()["bob"]) == ["defence 5 thesis.supervisor", "meeting 3 thesis.supervisor"]


def test_former_assignee_is_not_reminded(thesis, alice, bob, dave):
    members.add(thesis=thesis, user=dave, role="student", by=bob)
    plan.add_task(thesis=thesis, by=bob, title="Rehearse", due_on=days.today(), assignee=dave)
    leave(thesis, dave)

    reminders.remind(noon())

    assert told() == {"alice": ["task 1 thesis.student"]}


@pytest.mark.parametrize(
    ("what", "left", "sentence"),
    [
        ("thesis", 7, "handing it in is due in 7 days"),
        ("milestone", 1, "the milestone “Slides” is due within a day"),
        ("task", -3, "the task “Slides” is overdue"),
    ],
)
def test_reminder_is_a_sentence(what, left, sentence):
    facts = {"what": what, "name": "Slides", "days": left}

    with translation.override("en"):
        said = kinds.kinds["thesis.reminder"].sentence(Told(actor="", others=0, count=1, title="T", facts=facts))

    assert said == sentence


def test_finding_dates_takes_the_same_queries_for_one_thesis_and_three(institute, bob):
    counted = []
    for rows in (1, 2):
        for _ in range(rows):
            thesis = put(dated(institute.thesis(), due=5), state=State.WRITING)
            plan.add_milestone(thesis=thesis, by=bob, title="M", due_on=thesis.due_on)
            plan.add_task(thesis=thesis, by=bob, title="T", due_on=thesis.due_on)
            meetings.arrange(thesis=thesis, by=bob, starts_at=timezone.now() + timedelta(days=2))
        with CaptureQueriesContext(connection) as captured:
            found = list(dates.between(timezone.now(), timezone.now() + timedelta(days=14)))
        counted.append(len(captured))

    assert len(found) == 12
    assert counted[0] == counted[1]
