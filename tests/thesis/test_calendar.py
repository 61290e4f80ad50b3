"""The calendar behind a secret link, read by a library that knows RFC 5545."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.models import CalendarFeed
from digi.accounts.services import calendars, people, tokens
from digi.audit.models import AuditEvent
from digi.environment import Rate
from tests.thesis.making import dated, put
from thesis import days
from thesis.models import Meeting, MeetingState, MemberRole, ThesisMember
from thesis.services import meetings, members, plan
from thesis.states import State

pytestmark = pytest.mark.django_db

SOON = days.today() + timedelta(days=20)


@pytest.fixture
def link(api):
    """The address of a person's calendar, as the API tells it once."""

    def make(user) -> str:
        answer = api(user)("post", "me/calendar/")
        assert answer.status_code == 201, answer.content
        return answer.json()["url"].removeprefix("http://testserver")

    return make


def fetched(url: str, **headers):
    """By a program that is signed in nowhere."""
    return Client().get(url, headers=headers)


def entries(url: str) -> dict[str, icalendar.Event]:
    answer = fetched(url)
    assert answer.status_code == 200, answer.content
    found = icalendar.Calendar.from_ical(answer.content)
    assert found.errors == []
    return {str(event["uid"]): event for event in found.walk("VEVENT")}


def summaries(url: str) -> set[str]:
    return {str(event["summary"]) for event in entries(url).values()}


@pytest.fixture
def planned(institute, alice, bob):
    """A thesis that is being written, with one date of every kind."""
    thesis = dated(institute.thesis(state=State.WRITING), due=30)
    put(thesis, defence_at=timezone.now() + timedelta(days=40))
    plan.add_milestone(thesis=thesis, by=bob, title="Measurements", due_on=SOON)
    plan.add_task(thesis=thesis, by=bob, title="Name the sample", assignee=alice, due_on=SOON)
    meetings.arrange(thesis=thesis, by=bob, starts_at=timezone.now() + timedelta(days=2), place="Room 1; left, up")
    return thesis


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


def test_link_is_replaced_and_revoked(link, api, alice):
    first = link(alice)
    second = link(alice)
    assert (fetched(first).status_code, fetched(second).status_code) == (404, 200)

    assert api(alice)("delete", "me/calendar/").status_code == 204
    assert api(alice)("delete", "me/calendar/").status_code == 204

    assert fetched(second).status_code == 404
    assert api(alice)("get", "me/calendar/").json()["shared"] is False
    told = AuditEvent.objects.filter(action__startswith="calendar.").order_by("n").values_list("action", flat=True)
    assert list(told) == ["calendar.shared", "calendar.shared", "calendar.revoked"]


def test_secret_is_stored_nowhere_and_shown_once(link, api, alice):
    secret = link(alice).rpartition("/")[2].removesuffix(".ics")

    row = CalendarFeed.objects.values().get()

    assert len(secret) >= 43
    assert not any(secret in str(value) for value in row.values())
    told = api(alice)("get", "me/calendar/").json()
    assert set(told) == {"shared", "created_at", "last_used_at"}
    assert secret not in str(AuditEvent.objects.values_list("details", flat=True))


@pytest.mark.parametrize("secret", ["x", "a" * 43, "%00", "ä", "me"])
def test_unknown_links_are_all_alike(db, secret):
    answer = fetched(f"/api/v1/calendar/{secret}.ics")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_link")


def test_unchanged_calendar_is_not_sent_again(planned, link, alice, bob):
    url = link(alice)
    first = fetched(url)
    tag = first.headers["ETag"]

    again = fetched(url, **{"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert fetched(url).content == first.content

    plan.add_milestone(thesis=planned, by=bob, title="Write", due_on=SOON)
    assert fetched(url, **{"If-None-Match": tag}).status_code == 200


def test_tag_stays_for_days_while_nothing_changes(planned, link, alice, bob):
    url = link(alice)
    fetched(url)
    CalendarFeed.objects.update(changed_at=timezone.now() - timedelta(days=3))

    first, second = fetched(url), fetched(url)
    assert first.headers["ETag"] == second.headers["ETag"]
    (stamped,) = {event["dtstamp"].dt for event in entries(url).values()}
    assert stamped < timezone.now() - timedelta(days=2)

    plan.add_milestone(thesis=planned, by=bob, title="Write", due_on=SOON)
    (stamped,) = {event["dtstamp"].dt for event in entries(url).values()}
    assert stamped > timezone.now() - timedelta(days=1)


def test_feed_is_private_and_has_no_session(planned, link, alice):
    answer = fetched(link(alice))

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


def test_program_that_asks_for_calendars_only_gets_one(planned, link, alice):
    assert fetched(link(alice), Accept="text/calendar").status_code == 200


def test_feed_is_throttled_by_address(link, alice, settings):
    url = link(alice)
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"anonymous": Rate(2, 60)}

    assert [fetched(url).status_code for _ in range(3)] == [200, 200, 429]


def test_link_is_for_signed_in_people_and_tokens_of_that_scope(client, alice):
    assert client.post("/api/v1/me/calendar/").status_code == 401
    for scope, status in (("me:write", 403), ("calendar:write", 201)):
        _, secret = tokens.create(user=alice, name=scope, scopes=[scope])
        answer = Client().post("/api/v1/me/calendar/", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == status, scope


def test_use_is_written_down_once_an_hour(planned, link, alice):
    url = link(alice)
    fetched(url)
    (used,) = CalendarFeed.objects.values_list("last_used_at", flat=True)

    fetched(url)
    assert CalendarFeed.objects.get().last_used_at == used

    CalendarFeed.objects.update(last_used_at=used - timedelta(hours=2))
    fetched(url)
    assert CalendarFeed.objects.get().last_used_at > used


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

    assert (cost(), one) == (one, 6)
    assert len(entries(url)) == 12


def test_day_of_a_deadline_is_the_same_everywhere(planned, alice):
    alice.time_zone = "Pacific/Auckland"
    alice.save()
    _, secret = calendars.share(user=alice)

    found = icalendar.Calendar.from_ical(calendars.fetch(secret=secret))

    days_only = [event.start for event in found.walk("VEVENT") if not isinstance(event.start, datetime)]
    assert set(days_only) == {planned.due_on, SOON}
    assert all(type(day) is date for day in days_only)
    assert all(event["dtstamp"].dt.utcoffset() == timedelta(0) for event in found.walk("VEVENT"))
