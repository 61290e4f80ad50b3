"""The calendar behind a secret link, read by a library that knows RFC 5545."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.services import calendars, people
from tests.thesis.calendars import entries, fetched, summaries
from tests.thesis.making import dated, put
from thesis import days
from thesis.models import Meeting, MeetingState, MemberRole, Task, ThesisMember
from thesis.services import applications, meetings, members, plan
from thesis.services.applications import Slot
from thesis.states import State

pytestmark = pytest.mark.django_db

SOON = days.today() + timedelta(days=20)


def test_calendar_holds_every_kind_of_date(planned, link, alice):
    found = entries(link(alice))

    assert {uid.partition("-")[0]: str(event["summary"]) for uid, event in found.items()} == {
        "due": "Hand in: Bounded lag",
        "defence": "Defence: Bounded lag",
        "milestone": "Milestone: Measurements (Bounded lag)",
        "task": "Task: Name the sample (Bounded lag)",
        "meeting": "Meeting: Bounded lag",
    }
    due = found[f"due-{planned.uuid}@digi"]
    assert (due.start, due.end) == (planned.due_on, planned.due_on + timedelta(days=1))
    assert due["last-modified"].dt == planned.changed_at.replace(microsecond=0)
    assert all("last-modified" in event for event in found.values())
    (meeting,) = [event for uid, event in found.items() if uid.startswith("meeting")]
    assert str(meeting["location"]) == "Room 1; left, up"


def test_times_are_right_across_the_change_of_clocks(planned, link, alice, bob):
    berlin = ZoneInfo("Europe/Berlin")
    year = timezone.now().year + 1
    winter, summer = (datetime(year, month, 15, 10, 0, tzinfo=berlin) for month in (1, 7))
    for at in (winter, summer):
        meetings.arrange(thesis=planned, by=bob, starts_at=at, minutes_long=90)

    url = link(alice)
    starts = {event.start: event for event in entries(url).values() if isinstance(event.start, datetime)}

    assert {winter, summer} <= set(starts)
    assert starts[summer].end == summer + timedelta(minutes=90)
    assert f"DTSTART:{year}0115T090000Z".encode() in fetched(url).content
    assert f"DTSTART:{year}0715T080000Z".encode() in fetched(url).content


def test_uid_stays_and_sequence_rises(planned, link, alice, bob):
    url, meeting = link(alice), Meeting.objects.get()
    before = entries(url)

    moved = meetings.change(meeting=meeting, by=bob, starts_at=meeting.starts_at + timedelta(days=1))
    after = entries(url)

    uid = f"meeting-{meeting.uuid}@digi"
    assert set(before) == set(after)
    assert after[uid]["sequence"] > before[uid]["sequence"]
    assert after[uid].start == moved.starts_at.replace(microsecond=0)


def test_last_change_is_told_with_its_moment(planned, link, alice, bob):
    url, task = link(alice), planned.tasks.get()
    Task.objects.update(changed_at=task.changed_at - timedelta(days=3))

    before = entries(url)[f"task-{task.uuid}@digi"]
    changed = plan.change_task(task=Task.objects.get(), by=bob, title="Name all samples")
    after = entries(url)[f"task-{task.uuid}@digi"]

    assert before["last-modified"].dt == task.changed_at.replace(microsecond=0) - timedelta(days=3)
    assert after["last-modified"].dt == changed.changed_at.replace(microsecond=0) > before["last-modified"].dt


def test_interview_is_there_once_a_time_is_picked_and_moves_with_the_pick(institute, link, alice, bob, dave, grace):
    application = applications.shortlist(application=institute.application(), by=bob)
    times = [(timezone.now() + timedelta(days=n)).replace(microsecond=0) for n in (2, 3)]
    slots = [Slot(starts_at=at, place="Room 1") for at in times]
    application = applications.invite(application=application, by=bob, slots=slots)
    urls = {user.username: link(user) for user in (alice, bob, dave, grace)}
    assert not any(entries(url) for url in urls.values())
    found = {}

    for n, slot in enumerate(application.slots.all()):
        applications.pick(application=application, slot=slot, by=alice)
        found[n] = entries(urls["alice"])

    uid = f"interview-{application.uuid}@digi"
    assert [set(one) for one in found.values()] == [{uid}, {uid}]
    assert [one[uid].start for one in found.values()] == times
    assert found[1][uid]["sequence"] > found[0][uid]["sequence"]
    assert (str(found[1][uid]["summary"]), str(found[1][uid]["location"])) == ("Interview: Stalled viewers", "Room 1")
    assert set(entries(urls["bob"])) == {uid}
    assert not entries(urls["dave"])
    assert not entries(urls["grace"])

    applications.withdraw(application=application, by=alice)
    assert not any(entries(url) for url in urls.values())


def test_cancelled_meeting_is_told_and_what_is_done_goes(planned, link, alice, bob):
    url = link(alice)
    meetings.change(meeting=Meeting.objects.get(), by=bob, state=MeetingState.CANCELLED)
    plan.change_milestone(milestone=planned.milestones.get(), by=bob, done=True)
    plan.change_task(task=planned.tasks.get(), by=bob, done=True)

    found = {uid.partition("-")[0]: event for uid, event in entries(url).items()}

    assert set(found) == {"due", "defence", "meeting"}
    assert str(found["meeting"]["status"]) == "CANCELLED"


def test_roles_are_told_what_concerns_them(planned, link, alice, bob, carol, grace, heidi, dave, erin, frank):
    ThesisMember.objects.create(thesis=planned, user=heidi, role=MemberRole.OBSERVER)
    ThesisMember.objects.create(thesis=planned, user=frank, role=MemberRole.MINUTE_TAKER)
    ThesisMember.objects.create(thesis=planned, user=dave, role=MemberRole.STUDENT, left_at=timezone.now())

    found = {
        user.username: sorted(uid.partition("-")[0] for uid in entries(link(user)))
        for user in (alice, bob, carol, heidi, frank, grace, dave, erin)
    }

    assert found == {
        "alice": ["defence", "due", "meeting", "milestone", "task"],
        "bob": ["defence", "due", "meeting", "milestone"],
        "carol": ["defence", "meeting"],
        "heidi": [],
        "frank": ["defence"],
        "grace": [],  # who coordinates a department has its dates in lists, not in a calendar
        "dave": [],
        "erin": [],
    }


def test_nothing_comes_after_access_is_lost(planned, link, alice, bob, grace, heidi):
    url = link(heidi)
    member = members.add(thesis=planned, user=heidi, role=MemberRole.CO_SUPERVISOR, by=grace)
    assert "Hand in: Bounded lag" in summaries(url)

    members.remove(thesis=planned, member=member, by=grace)

    assert entries(url) == {}


@pytest.mark.parametrize("state", [State.COMPLETED, State.ARCHIVED, State.WITHDRAWN])
def test_closed_theses_are_in_no_calendar(planned, link, alice, state):
    put(planned, state=state)

    assert entries(link(alice)) == {}


def test_what_was_handed_in_is_due_no_more(planned, link, alice):
    put(planned, state=State.SUBMITTED)

    assert "Hand in: Bounded lag" not in summaries(link(alice))


def test_no_names_and_no_addresses_leave_the_house(planned, link, alice, bob):
    content = fetched(link(alice)).content.decode().lower()

    for word in ("alice", "bob", "carol", "example.org", "mailto", "attendee", "organizer"):
        assert word not in content


def test_entries_speak_the_language_of_the_person(planned, link, alice):
    alice.language = "de"
    alice.save()

    assert "Abgabe: Bounded lag" in summaries(link(alice))


@pytest.mark.parametrize("act", [people.deactivate, people.anonymise])
def test_who_has_no_account_has_no_calendar(planned, link, alice, act):
    url = link(alice)
    assert fetched(url).status_code == 200

    act(user=alice)

    assert (fetched(url).status_code, fetched(url).json()["code"]) == (404, "unknown_link")


def test_number_of_queries_is_the_same_for_one_and_three(institute, link, alice, bob):
    def more(n: int) -> None:
        thesis = dated(institute.thesis(title=f"Thesis {n}", state=State.WRITING))
        plan.add_milestone(thesis=thesis, by=bob, title="A", due_on=SOON)
        plan.add_task(thesis=thesis, by=bob, title="B", assignee=alice, due_on=SOON)
        meetings.arrange(thesis=thesis, by=bob, starts_at=timezone.now())

    def cost() -> int:
        fetched(url)
        with CaptureQueriesContext(connection) as queries:
            fetched(url)
        return len(queries)

    url = link(alice)
    more(1)
    one = cost()
    for n in (2, 3):
        more(n)

    assert (cost(), one) == (one, 7)
    assert len(entries(url)) == 12


def test_day_of_a_deadline_is_the_same_everywhere(planned, alice):
    alice.time_zone = "Pacific/Auckland"
    alice.save()
    _, secret = calendars.share(user=alice)

    found = icalendar.Calendar.from_ical(calendars.fetch(secret=secret))

    days_only = [event.start for event in found.walk("VEVENT") if not isinstance(event.start, datetime)]
    assert set(days_only) == {planned.due_on, planned.tasks.get().due_on}
    assert all(type(day) is date for day in days_only)
    assert all(event["dtstamp"].dt.utcoffset() == timedelta(0) for event in found.walk("VEVENT"))
