"""Action items are read from minutes, and become tasks when these are kept."""

from datetime import date

import pytest
from django.utils import timezone

from tests.thesis.making import leave
from thesis.services import meetings, members, plan
from thesis.services.actions import Item, found_in
from thesis.states import State


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("- [ ] @alice Repeat the run until 2026-12-01", Item("Repeat the run", "alice", date(2026, 12, 1))),
        ("* [ ] @Alice Repeat the run by 2026-12-01.", Item("Repeat the run", "alice", date(2026, 12, 1))),
        ("- [ ] @U\u0308nal Repeat the run", Item("Repeat the run", "ünal", None)),
        ("  - [ ] Den Lauf wiederholen bis 2026-12-01", Item("Den Lauf wiederholen", "", date(2026, 12, 1))),
        ("- [ ] Repeat the run", Item("Repeat the run", "", None)),
        ("- [ ] Repeat the run until 2026-13-01", Item("Repeat the run until 2026-13-01", "", None)),
        ("- [ ] Wait until 2026-12-01 for the run", Item("Wait until 2026-12-01 for the run", "", None)),
        ("- [ ] " + "x" * 300, Item("x" * 200, "", None)),
    ],
)
def test_line_names_what_whose_and_until_when(line, item):
    assert list(found_in(f"We spoke.\r\n{line}\r\nThen we went.")) == [item]


@pytest.mark.parametrize(
    "line", ["- [x] @alice Done", "- [ ]", "- [ ] ", "[ ] no list", "- a point", "text - [ ] inside"]
)
def test_line_that_is_no_open_item_is_none(line):
    assert list(found_in(line)) == []


@pytest.fixture
def meeting(institute, bob):
    return meetings.arrange(thesis=institute.thesis(state=State.WRITING), by=bob, starts_at=timezone.now())


def tasks(meeting):
    return [(task.title, task.assignee, task.due_on) for task in meeting.action_items.order_by("pk")]


@pytest.mark.django_db
def test_items_become_tasks_once_however_often_the_minutes_are_kept(meeting, alice, bob):
    text = "- [ ] @alice Repeat the run until 2026-12-01\n- [ ] Book a room"

    meetings.change(meeting=meeting, by=bob, minutes=text)
    meetings.change(meeting=meeting, by=alice, minutes=f"{text}\n- [ ] book a ROOM\n- [ ] @bob Read chapter 4")

    assert tasks(meeting) == [
        ("Repeat the run", alice, date(2026, 12, 1)),
        ("Book a room", None, None),
        ("Read chapter 4", bob, None),
    ]


@pytest.mark.django_db
def test_item_whose_task_was_renamed_or_removed_is_not_made_again(meeting, alice, bob):
    text = "- [ ] @alice Repeat the run\n- [ ] Book a room\n- [ ] Read chapter 4"
    meetings.change(meeting=meeting, by=bob, minutes=f"We spke.\n{text}")
    done, renamed, removed = meeting.action_items.order_by("pk")
    plan.change_task(task=done, by=alice, done=True)
    done.refresh_from_db()
    plan.change_task(task=done, by=bob, title="Repeat the lossy run")
    plan.change_task(task=renamed, by=bob, title="Book Room 1")
    plan.remove_task(task=removed, by=bob)

    meetings.change(meeting=meeting, by=bob, minutes=f"We spoke.\n{text}\n- [ ] Write it down")

    assert [title for title, _, _ in tasks(meeting)] == ["Repeat the lossy run", "Book Room 1", "Write it down"]


@pytest.mark.django_db
def test_item_is_not_made_again_once_who_it_names_has_joined(meeting, bob, dave):
    meetings.change(meeting=meeting, by=bob, minutes="- [ ] @dave Look in")
    members.add(thesis=meeting.thesis, user=dave, role="observer", by=bob)

    meetings.change(meeting=meeting, by=bob, minutes="We spoke.\n- [ ] @dave Look in")

    assert tasks(meeting) == [("@dave Look in", None, None)]


@pytest.mark.django_db
def test_item_for_an_outsider_or_a_former_member_is_nobodys_and_keeps_the_name(meeting, bob, erin, carol):
    leave(meeting.thesis, carol)
    text = "- [ ] @erin Look in\n- [ ] @carol Look on\n- [ ] @nobody-here Look out"

    for _ in range(2):
        meetings.change(meeting=meeting, by=bob, minutes=text)
        text += "\n"

    assert tasks(meeting) == [
        ("@erin Look in", None, None),
        ("@carol Look on", None, None),
        ("@nobody-here Look out", None, None),
    ]


@pytest.mark.django_db
def test_minutes_are_not_lost_to_a_task_that_was_removed(meeting, bob):
    meetings.change(meeting=meeting, by=bob, minutes="- [ ] Book a room")
    plan.remove_task(task=meeting.action_items.get(), by=bob)

    meetings.change(meeting=meeting, by=bob, place="Room 1")

    assert tasks(meeting) == []
