"""Milestones, tasks, meetings, more time, reports and marks."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from digi.errors import Conflict, DigiError, Forbidden, Invalid, NotFound, Stale
from digi.notifications.models import Notification
from tests.thesis.making import dated, put
from thesis import days
from thesis.models import Assessment, Mark, Task, Thesis
from thesis.services import access, discussion, extensions, marks, meetings, members, plan
from thesis.states import State

pytestmark = pytest.mark.django_db

LATER = timezone.now() + timedelta(days=2)


def told(user) -> list[str]:
    rows = Notification.objects.filter(user=user).order_by("number")
    return [f"{one.kind} {one.facts.get('step', '')}".strip() for one in rows]


@pytest.fixture(autouse=True)
def _nobody_was_told_before(thesis):
    Notification.objects.all().delete()


# The plan


def test_milestone_is_planned_done_and_undone(thesis, alice, bob):
    milestone = plan.add_milestone(thesis=thesis, by=alice, title="Prototype", due_on=days.today(), weight=3)

    done = plan.change_milestone(milestone=milestone, by=bob, done=True, version=1)
    again = plan.change_milestone(milestone=done, by=bob, done=True)
    with pytest.raises(Stale):
        plan.change_milestone(milestone=milestone, by=bob, title="Other", version=1)
    undone = plan.change_milestone(milestone=again, by=alice, done=False)

    assert done.done_at == again.done_at is not None
    assert (undone.done_at, undone.version) == (None, 3)


def test_assignee_hears_of_the_task_and_its_maker_that_it_is_done(thesis, alice, bob):
    task = plan.add_task(thesis=thesis, by=bob, title="Name the sample", assignee=alice)

    plan.change_task(task=task, by=alice, done=True)

    assert (told(alice), told(bob)) == (["thesis.task assigned"], ["thesis.task done"])


def test_task_is_for_people_and_things_of_its_thesis(institute, thesis, bob, alice, erin):
    other = institute.thesis(title="Other")
    theirs = plan.add_milestone(thesis=other, by=bob, title="Theirs")
    meeting = meetings.arrange(thesis=other, by=bob, starts_at=LATER)
    _, comment = discussion.open_thread(thesis=thesis, by=bob, body="Among us.", visibility="staff")

    for more, kind in (
        ({"assignee": erin}, NotFound),
        ({"milestone": theirs}, Invalid),
        ({"meeting": meeting}, Invalid),
    ):
        with pytest.raises(kind):
            plan.add_task(thesis=thesis, by=bob, title="T", **more)
    with pytest.raises(Invalid):
        plan.add_task(thesis=thesis, by=alice, title="T", comment=comment)
    assert plan.add_task(thesis=thesis, by=bob, title="T", comment=comment).comment == comment


def test_milestone_that_goes_leaves_its_tasks(thesis, bob):
    milestone = plan.add_milestone(thesis=thesis, by=bob, title="Prototype")
    plan.add_task(thesis=thesis, by=bob, title="T", milestone=milestone)

    plan.remove_milestone(milestone=milestone, by=bob)

    assert Task.objects.get().milestone is None


# Meetings


def test_meeting_is_planned_moved_held_and_leaves_action_items(thesis, alice, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=LATER, place="2.014", agenda="Chapter 4")
    meeting = meetings.change(meeting=meeting, by=alice, starts_at=LATER + timedelta(hours=1), version=1)
    meeting = meetings.change(meeting=meeting, by=alice, agenda="Chapter 5")
    meeting = meetings.change(meeting=meeting, by=bob, state="held", minutes="All agreed.")
    item = plan.add_task(thesis=thesis, by=bob, title="Redraw figure 12", meeting=meeting, assignee=alice)

    assert told(alice) == ["thesis.meeting planned", "thesis.meeting held", "thesis.task assigned"]
    assert told(bob) == ["thesis.meeting moved"]
    assert list(meeting.action_items.all()) == [item]


@pytest.mark.parametrize("values", [{"state": "dreamt"}, {"minutes_long": 0}, {"minutes_long": 2000}])
def test_meeting_that_cannot_be_is_refused(thesis, bob, values):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=LATER)

    with pytest.raises(Invalid):
        meetings.change(meeting=meeting, by=bob, **values)


def test_cancelled_meeting_is_changed_no_more_but_planned_anew(thesis, bob):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=LATER)
    meeting = meetings.change(meeting=meeting, by=bob, state="cancelled")

    with pytest.raises(Conflict):
        meetings.change(meeting=meeting, by=bob, place="Elsewhere")
    assert meetings.change(meeting=meeting, by=bob, state="planned").state == "planned"


# More time


def test_granted_extension_moves_the_due_date(thesis, alice, bob):
    put(dated(thesis), state=State.WRITING)
    due = thesis.due_on + timedelta(days=14)
    extension = extensions.ask(thesis=thesis, by=alice, due_on=due, reason="Ill.")

    extensions.decide(extension=extension, by=bob, grant=True)

    assert Thesis.objects.get().due_on == due
    assert (told(bob), told(alice)) == (["thesis.extension asked"], ["thesis.extension granted"])
    with pytest.raises(Conflict) as refused:
        extensions.decide(extension=extension, by=bob, grant=False, answer="No.")
    assert refused.value.code == "decided"


def test_refused_extension_says_why_and_moves_nothing(thesis, alice, bob):
    put(dated(thesis), state=State.WRITING)
    before = thesis.due_on
    asked = {"thesis": thesis, "by": alice, "due_on": before + timedelta(days=14), "reason": "Ill."}
    extension = extensions.ask(**asked)

    with pytest.raises(Conflict):
        extensions.ask(**asked)
    with pytest.raises(Invalid):
        extensions.decide(extension=extension, by=bob, grant=False)
    extension = extensions.decide(extension=extension, by=bob, grant=False, answer="The lab is booked.")

    assert (extension.state, Thesis.objects.get().due_on) == ("refused", before)
    assert extensions.ask(**asked).state == "asked"


@pytest.mark.parametrize(
    ("state", "ahead", "reason", "code"),
    [
        ("draft", 60, "Ill.", "not_due"),
        ("writing", 60, " ", "reason_missing"),
        ("writing", 30, "Ill.", "not_later"),
        ("writing", -1, "Ill.", "not_later"),
    ],
)
def test_extension_that_cannot_be_is_refused(thesis, alice, state, ahead, reason, code):
    put(dated(thesis, due=30), state=state)

    with pytest.raises(DigiError) as refused:
        extensions.ask(thesis=thesis, by=alice, due_on=days.today() + timedelta(days=ahead), reason=reason)

    assert refused.value.code == code


def test_extension_granted_too_late_does_not_move_another_date(thesis, alice, bob):
    put(dated(thesis), state=State.WRITING)
    extension = extensions.ask(thesis=thesis, by=alice, due_on=thesis.due_on + timedelta(days=9), reason="Ill.")
    put(thesis, due_on=thesis.due_on + timedelta(days=1))

    with pytest.raises(Conflict) as refused:
        extensions.decide(extension=extension, by=bob, grant=True)

    assert refused.value.code == "moved_on"


# Reports and marks


def reports(thesis, user) -> list[str]:
    found = marks.reports_for(thesis, user, access.standing(thesis, user))
    return sorted(found.values_list("examiner__username", flat=True))


def test_report_is_hidden_from_the_other_examiner_until_both_are_in(thesis, alice, bob, carol, frank, grace):
    put(thesis, state=State.UNDER_REVIEW)
    members.add(thesis=thesis, user=frank, role="second_examiner", by=bob)
    marks.report(thesis=thesis, by=carol, text="Good.", submit=True)
    marks.report(thesis=thesis, by=frank, text="Well …")

    assert [reports(thesis, user) for user in (carol, frank, bob, grace, alice)] == [
        ["carol"],
        ["frank"],
        ["carol"],
        ["carol"],
        [],
    ]
    marks.report(thesis=thesis, by=frank, text="Good, too.", submit=True)
    assert [reports(thesis, user) for user in (carol, frank, alice)] == [["carol", "frank"], ["carol", "frank"], []]
    put(thesis, state=State.GRADED)
    assert reports(thesis, alice) == ["carol", "frank"]


def test_report_that_is_handed_in_stands(thesis, carol, bob):
    put(thesis, state=State.UNDER_REVIEW)
    draft = marks.report(thesis=thesis, by=carol, text="")
    with pytest.raises(Invalid):
        marks.report(thesis=thesis, by=carol, text=" ", submit=True)
    with pytest.raises(Stale):
        marks.report(thesis=thesis, by=carol, text="Good.", version=draft.version + 1)
    marks.report(thesis=thesis, by=carol, text="Good.", submit=True)

    with pytest.raises(Conflict) as refused:
        marks.report(thesis=thesis, by=carol, text="Better.")

    assert (refused.value.code, Assessment.objects.get().report) == ("submitted", "Good.")
    assert told(bob) == ["thesis.report"]


def visible_marks(thesis, user) -> list[str]:
    found = marks.marks_for(thesis, user, access.standing(thesis, user))
    return sorted(f"{mark.student.username} {mark.value}" for mark in found.select_related("student"))


def test_each_student_of_a_group_has_a_mark_and_sees_their_own_once_published(thesis, alice, bob, carol, dave, grace):
    members.add(thesis=thesis, user=dave, role="student", by=bob)
    put(thesis, state=State.GRADED)
    Notification.objects.all().delete()
    marks.enter(thesis=thesis, student=alice, value=Decimal("1.7"), by=carol)
    with pytest.raises(Conflict, match="Students without a mark: 1"):
        marks.publish(thesis=thesis, by=carol)
    marks.enter(thesis=thesis, student=dave, value=Decimal("2.3"), by=carol)
    both = ["alice 1.7", "dave 2.3"]

    assert [visible_marks(thesis, user) for user in (alice, dave, bob, carol, grace)] == [[], [], [], both, both]
    marks.publish(thesis=thesis, by=carol)
    assert [visible_marks(thesis, user) for user in (alice, dave, bob)] == [["alice 1.7"], ["dave 2.3"], both]
    assert (told(alice), told(dave), told(bob)) == (["thesis.mark"], ["thesis.mark"], [])
    with pytest.raises(Conflict) as refused:
        marks.enter(thesis=thesis, student=alice, value=Decimal("1.0"), by=carol)
    assert refused.value.code == "published"


@pytest.mark.parametrize("value", ["0.9", "5.1", "1.75", "-1"])
def test_mark_is_from_one_to_five(thesis, alice, carol, value):
    put(thesis, state=State.GRADED)

    with pytest.raises(Invalid):
        marks.enter(thesis=thesis, student=alice, value=Decimal(value), by=carol)


def test_mark_is_entered_in_its_time_and_for_students(thesis, alice, bob, carol):
    for state in (State.WRITING, State.COMPLETED):
        put(thesis, state=state)
        with pytest.raises(Conflict):
            marks.enter(thesis=thesis, student=alice, value=Decimal("1.0"), by=carol)
    put(thesis, state=State.UNDER_REVIEW)
    with pytest.raises(NotFound):
        marks.enter(thesis=thesis, student=bob, value=Decimal("1.0"), by=carol)
    with pytest.raises(Conflict):
        marks.publish(thesis=thesis, by=carol)
    with pytest.raises(Forbidden):
        marks.enter(thesis=thesis, student=alice, value=Decimal("1.0"), by=bob)

    assert not Mark.objects.exists()
