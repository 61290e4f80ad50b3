"""Meetings and their minutes as a browser without scripts sees them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.chat.reading import words
from tests.thesis.making import leave, put
from thesis.models import Meeting, Task
from thesis.services import meetings
from thesis.states import State

pytestmark = pytest.mark.django_db
SOON = timezone.now() + timedelta(days=2)
PAST = timezone.now() - timedelta(days=2)


@pytest.fixture
def thesis(institute):
    return institute.thesis(state=State.WRITING)


@pytest.fixture
def at(thesis, client_for):
    """Ask as a person: `at(alice).get()`, `at(alice).post("new/", place="…")`."""

    def visit(user) -> SimpleNamespace:
        client, base = client_for(user), f"/theses/{thesis.uuid}/meetings/"
        return SimpleNamespace(
            get=lambda path="": client.get(base + path), post=lambda path, **sent: client.post(base + path, sent)
        )

    return visit


def test_meeting_is_planned_in_the_persons_own_zone(at, thesis, alice, bob):
    put(bob, time_zone="America/New_York")
    put(alice, time_zone="Europe/Berlin")

    sent = {"starts_at": "2199-01-15T09:30", "minutes_long": 45, "place": "https://call.example/x", "agenda": "- One"}
    answer = at(bob).post("new/", **sent)
    meeting = Meeting.objects.get()

    assert (answer.status_code, answer.url) == (302, f"/theses/{thesis.uuid}/meetings/")
    assert meeting.starts_at == datetime(2199, 1, 15, 14, 30, tzinfo=UTC)
    assert "15 January 2199, 15:30 45 minutes · https://call.example/x" in words(at(alice).get())
    page = at(alice).get(f"{meeting.uuid}/")
    assert "15:30 –16:15 (Europe/Berlin)" in words(page)
    assert '<a href="https://call.example/x" rel="noopener nofollow">' in page.content.decode()
    assert "<li>One</li>" in page.content.decode()


def test_place_that_is_no_web_address_is_no_link(at, thesis, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=SOON, place="javascript:alert(1)")

    assert 'href="javascript' not in at(bob).get().content.decode()
    assert 'href="javascript' not in at(bob).get(f"{meeting.uuid}/").content.decode()


def test_upcoming_and_past_stand_apart_each_with_the_nearest_first(at, thesis, bob):
    for days, place in ((9, "Late"), (2, "Early"), (-9, "Long ago"), (-2, "Lately")):
        meetings.arrange(thesis=thesis, by=bob, starts_at=timezone.now() + timedelta(days=days), place=place)

    text = words(at(bob).get())

    places = [text.index(f"minutes · {place}") for place in ("Early", "Late", "Lately", "Long ago")]
    assert places == sorted(places)
    assert places[1] < text.index(" Over ") < places[2]
    assert text.count("Write the minutes") == 2


def test_meeting_is_moved_and_cancelled(at, thesis, alice, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=SOON, place="Room 1")
    sent = {"starts_at": "2199-01-15T09:30", "minutes_long": 30, "place": "Room 2", "version": meeting.version}

    at(alice).post(f"{meeting.uuid}/move/", **sent)
    assert "15 January 2199, 09:30 30 minutes · Room 2" in words(at(bob).get())

    assert "Cancel this meeting?" in words(at(bob).get(f"{meeting.uuid}/cancel/"))
    at(bob).post(f"{meeting.uuid}/cancel/")
    assert "Room 2 cancelled" in words(at(alice).get())
    assert at(bob).post(f"{meeting.uuid}/minutes/", minutes="x").status_code == 422


def test_what_is_wrong_is_said_and_what_was_typed_stays(at, thesis, bob):
    answer = at(bob).post("new/", starts_at="tomorrow", minutes_long=0, place="Room 1", agenda="- One")

    assert answer.status_code == 422
    assert answer.content.decode().count('aria-invalid="true"') == 2
    assert 'value="Room 1"' in answer.content.decode()
    assert not Meeting.objects.exists()


def test_minutes_are_written_and_their_items_become_tasks(at, thesis, alice, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=PAST, agenda="- Chapter 4")

    assert "- Chapter 4" in at(alice).get(f"{meeting.uuid}/minutes/").content.decode()
    sent = {"minutes": "**Good.**\n\n- [ ] @alice Repeat the run until 2199-12-01", "version": meeting.version}
    answer = at(alice).post(f"{meeting.uuid}/minutes/", **sent)
    page = at(bob).get(f"{meeting.uuid}/")

    assert answer.url == f"/theses/{thesis.uuid}/meetings/{meeting.uuid}/"
    assert Meeting.objects.get().state == "held"
    assert "<strong>Good.</strong>" in page.content.decode()
    assert "What came of it Repeat the run Alice · due 1 December 2199" in words(page)
    assert Task.objects.get().assignee == alice


def test_notes_before_a_meeting_do_not_make_it_held(at, thesis, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=SOON)

    at(bob).post(f"{meeting.uuid}/minutes/", minutes="Bring the logs.", version=meeting.version)

    assert Meeting.objects.get().state == "planned"


def test_two_who_write_the_minutes_lose_neither_version(at, thesis, alice, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=PAST)
    meetings.change(meeting=meeting, by=alice, minutes="What Alice wrote")

    answer = at(bob).post(f"{meeting.uuid}/minutes/", minutes="What Bob wrote", version=meeting.version)
    text = words(answer)

    assert answer.status_code == 422
    assert "Somebody has changed this meanwhile." in text
    assert "As they stand now" in text
    assert text.count("What Alice wrote") == text.count("What Bob wrote") == 1
    assert f'name="version" value="{meeting.version + 1}"' in answer.content.decode()
    again = at(bob).post(f"{meeting.uuid}/minutes/", minutes="What both wrote", version=meeting.version + 1)
    assert (again.status_code, Meeting.objects.get().minutes) == (302, "What both wrote")


def test_two_who_move_a_meeting_lose_neither_version(at, thesis, alice, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=SOON)
    meetings.change(meeting=meeting, by=alice, place="Alice's room")
    sent = {"starts_at": "2199-01-15T09:30", "minutes_long": 30, "place": "Bob's room", "version": meeting.version}

    answer = at(bob).post(f"{meeting.uuid}/move/", **sent)

    assert answer.status_code == 422
    assert "It now says:" in words(answer)
    assert "Alice&#x27;s room" in answer.content.decode()
    assert 'value="Bob&#x27;s room"' in answer.content.decode()


def test_html_in_minutes_stays_text(at, thesis, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=PAST)
    meetings.change(meeting=meeting, by=bob, minutes="<img src=x onerror=alert(1)>", agenda="<script>1</script>")

    page = at(bob).get(f"{meeting.uuid}/").content.decode()

    assert "<img src=x" not in page
    assert "<script>1" not in page


def test_observer_reads_and_changes_nothing(world, client_for, heidi):
    base = f"/theses/{world.thesis.uuid}/meetings/"
    client = client_for(heidi)

    assert client.get(base).status_code == 200
    assert 'id="new-meeting"' not in client.get(base).content.decode()
    assert "Write the minutes" not in words(client.get(f"{base}{world.meeting.uuid}/"))
    assert client.post(f"{base}{world.meeting.uuid}/cancel/").status_code == 403
    assert client.post(f"{base}{world.meeting.uuid}/minutes/", {"minutes": "x"}).status_code == 422
    assert Meeting.objects.get().minutes == ""


def test_outsider_and_former_member_find_nothing_here(world, client_for, erin, dave, alice):
    leave(world.thesis, alice)
    base = f"/theses/{world.thesis.uuid}/meetings/"

    for user in (erin, dave, alice):
        client = client_for(user)
        for path in ("", f"{world.meeting.uuid}/", f"{world.meeting.uuid}/minutes/", f"{world.meeting.uuid}/move/"):
            assert client.get(base + path).status_code == 404
        for path in ("new/", f"{world.meeting.uuid}/cancel/", f"{world.meeting.uuid}/minutes/"):
            assert client.post(base + path, {"minutes": "x"}).status_code == 404
    assert Meeting.objects.get().state == "planned"


def test_meeting_of_another_thesis_is_not_here(at, institute, bob):
    meeting = meetings.arrange(thesis=institute.thesis(state=State.WRITING), by=bob, starts_at=SOON)

    assert at(bob).get(f"{meeting.uuid}/").status_code == 404
    assert at(bob).post(f"{meeting.uuid}/cancel/").status_code == 404


def test_number_of_queries_is_the_same_for_one_and_three(at, thesis, client_for, alice, bob):
    def more() -> Meeting:
        meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=PAST)
        items = "- [ ] @alice Repeat the run\n- [ ] @bob Read it\n- [ ] Book a room"
        return meetings.change(meeting=meeting, by=bob, minutes=items)

    def cost(path: str = "") -> int:
        client = client_for(alice)
        client.get(f"/theses/{thesis.uuid}/meetings/{path}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/theses/{thesis.uuid}/meetings/{path}").status_code == 200
        return len(queries)

    one = meetings.arrange(thesis=thesis, by=bob, starts_at=PAST)
    meetings.change(meeting=one, by=bob, minutes="- [ ] @alice Repeat the run")
    before = cost(), cost(f"{one.uuid}/")
    more()
    three = more()

    assert (cost(), cost(f"{three.uuid}/")) == before
