"""Who may call which service: every member role, the offices, an outsider and a former member."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from digi.errors import DigiError, Forbidden, NotFound
from tests.thesis.making import dated, leave, put, upload
from thesis import days
from thesis.models import MemberRole, Task, Thesis, ThesisMember
from thesis.services import discussion, extensions, guests, marks, meetings, members, plan, requests, theses
from thesis.states import State

pytestmark = pytest.mark.django_db

MEMBERS = ("student", "supervisor", "co_supervisor", "deputy", "examiner", "minute_taker", "observer")
EVERYBODY = (*MEMBERS, "coordinator", "superuser", "outsider", "former")
OFFICES = "coordinator superuser"
STAFF = "supervisor co_supervisor deputy examiner"
SUPERVISING = "supervisor co_supervisor deputy"
LATER = timezone.now() + timedelta(days=2)
DAY = days.today() + timedelta(days=90)


@pytest.fixture
def world(thesis, alice, bob, carol, grace, root, erin, heidi, dave, somebody):
    """A thesis under review with somebody in every role, and something of every sort on it."""
    put(dated(thesis), state=State.UNDER_REVIEW)
    people = {
        "student": alice,
        "supervisor": bob,
        "examiner": carol,
        "coordinator": grace,
        "superuser": root,
        "outsider": erin,
    }
    for role in ("co_supervisor", "deputy", "minute_taker", "observer"):
        people[role] = somebody(role, "supervisor")
        until = days.today() if role == "deputy" else None
        members.add(thesis=thesis, user=people[role], role=role, by=bob, until=until)
    people["former"] = dave
    for role in (MemberRole.SUPERVISOR, MemberRole.EXAMINER):
        ThesisMember.objects.create(thesis=thesis, user=dave, role=role)
    leave(thesis, dave)
    thread, comment = discussion.open_thread(thesis=thesis, by=alice, body="See page 3.")
    staff_thread, _ = discussion.open_thread(thesis=thesis, by=bob, body="Among us.", visibility="staff")
    _, asked = discussion.open_thread(thesis=thesis, by=alice, body="The unit.")
    return SimpleNamespace(
        thesis=thesis,
        people=people,
        newcomer=heidi,
        thread=thread,
        staff_thread=staff_thread,
        comment=comment,
        request=requests.ask(comment=asked, by=bob),
        milestone=plan.add_milestone(thesis=thesis, by=bob, title="Measurements"),
        task=plan.add_task(thesis=thesis, by=bob, title="Name the sample"),
        meeting=meetings.arrange(thesis=thesis, by=bob, starts_at=LATER),
        invitation=guests.invite(thesis=thesis, by=bob, name="Ravi", days=7)[0],
        student_member=ThesisMember.objects.get(user=people["observer"]),
    )


def change(world, by, **changes):
    return theses.change(thesis=world.thesis, by=by, **changes)


def describe(world, by):
    if world.thesis.state == State.UNDER_REVIEW:
        put(world.thesis, state=State.WRITING)
    return change(world, by, title="Other")


def ask_for_time(world, by):
    put(world.thesis, state=State.WRITING)
    return extensions.ask(thesis=world.thesis, by=by, due_on=DAY, reason="Ill.")


def decide(world, by):
    asked = ask_for_time(world, world.people["student"])
    return extensions.decide(extension=asked, by=by, grant=True)


def publish(world, by):
    put(world.thesis, state=State.GRADED)
    student, examiner = world.people["student"], world.people["examiner"]
    marks.enter(thesis=world.thesis, student=student, value=Decimal("1.7"), by=examiner)
    return marks.publish(thesis=world.thesis, by=by)


def done(world, by):
    return requests.move(request=world.request, to="done", by=by)


def verified(world, by):
    world.request = done(world, world.people["student"])
    return requests.move(request=world.request, to="verified", by=by)


EVERY_MEMBER = f"{' '.join(MEMBERS)} {OFFICES}"
WRITERS = f"student {STAFF} minute_taker {OFFICES}"
PLANNERS = f"student {SUPERVISING} {OFFICES}"

CALLS = {
    "theses.choices": (lambda w, by: theses.choices(thesis=w.thesis, by=by), EVERY_MEMBER),
    "theses.change title": (lambda w, by: describe(w, by), PLANNERS),
    "theses.change abstract": (lambda w, by: change(w, by, abstract="A."), f"{SUPERVISING} {OFFICES}"),
    "theses.change due_on": (lambda w, by: change(w, by, due_on=DAY), f"{SUPERVISING} {OFFICES}"),
    "theses.change visibility": (lambda w, by: change(w, by, visibility="public"), f"{SUPERVISING} {OFFICES}"),
    "members.add": (
        lambda w, by: members.add(thesis=w.thesis, user=w.newcomer, role="observer", by=by),
        f"{SUPERVISING} {OFFICES}",
    ),
    "members.remove": (
        lambda w, by: members.remove(thesis=w.thesis, member=w.student_member, by=by),
        f"{SUPERVISING} observer {OFFICES}",
    ),
    "members.hand_over": (
        lambda w, by: members.hand_over(thesis=w.thesis, to=w.newcomer, by=by),
        f"{SUPERVISING} {OFFICES}",
    ),
    "guests.invite": (
        lambda w, by: guests.invite(thesis=w.thesis, by=by, name="Ann", days=3),
        f"{SUPERVISING} {OFFICES}",
    ),
    "guests.revoke": (lambda w, by: guests.revoke(invitation=w.invitation, by=by), f"{SUPERVISING} {OFFICES}"),
    "discussion.find": (lambda w, by: discussion.find(w.thread.uuid, by), EVERY_MEMBER),
    "discussion.find staff": (lambda w, by: discussion.find(w.staff_thread.uuid, by), f"{STAFF} {OFFICES}"),
    "discussion.open": (lambda w, by: discussion.open_thread(thesis=w.thesis, by=by, body="Hi."), WRITERS),
    "discussion.open staff": (
        lambda w, by: discussion.open_thread(thesis=w.thesis, by=by, body="Hi.", visibility="staff"),
        f"{STAFF} {OFFICES}",
    ),
    "discussion.open examiners": (
        lambda w, by: discussion.open_thread(thesis=w.thesis, by=by, body="Hi.", visibility="examiners"),
        f"examiner {OFFICES}",
    ),
    "discussion.comment": (lambda w, by: discussion.comment(thread=w.thread, by=by, body="Yes."), WRITERS),
    "discussion.comment staff": (
        lambda w, by: discussion.comment(thread=w.staff_thread, by=by, body="Yes."),
        f"{STAFF} {OFFICES}",
    ),
    "discussion.edit": (lambda w, by: discussion.edit(comment=w.comment, by=by, body="4."), "student"),
    "discussion.delete": (lambda w, by: discussion.delete(comment=w.comment, by=by), "student"),
    "discussion.resolve": (lambda w, by: discussion.resolve(thread=w.thread, by=by), WRITERS),
    "discussion.reopen": (lambda w, by: discussion.reopen(thread=w.thread, by=by), WRITERS),
    "discussion.widen": (
        lambda w, by: discussion.widen(thread=w.staff_thread, to="all", by=by),
        f"{STAFF} {OFFICES}",
    ),
    "requests.find": (lambda w, by: requests.find(w.request.uuid, by), EVERY_MEMBER),
    "requests.ask": (lambda w, by: requests.ask(comment=w.comment, by=by), f"{STAFF} {OFFICES}"),
    "requests.done": (done, PLANNERS),
    "requests.verified": (verified, f"{STAFF} {OFFICES}"),
    "plan.add_milestone": (lambda w, by: plan.add_milestone(thesis=w.thesis, by=by, title="Talk"), PLANNERS),
    "plan.change_milestone": (
        lambda w, by: plan.change_milestone(milestone=w.milestone, by=by, done=True),
        PLANNERS,
    ),
    "plan.remove_milestone": (lambda w, by: plan.remove_milestone(milestone=w.milestone, by=by), PLANNERS),
    "plan.add_task": (
        lambda w, by: plan.add_task(thesis=w.thesis, by=by, title="Read it"),
        f"student {STAFF} {OFFICES}",
    ),
    "plan.change_task": (
        lambda w, by: plan.change_task(task=w.task, by=by, done=True),
        f"student {STAFF} {OFFICES}",
    ),
    "plan.remove_task": (lambda w, by: plan.remove_task(task=w.task, by=by), f"{SUPERVISING} {OFFICES}"),
    "meetings.arrange": (
        lambda w, by: meetings.arrange(thesis=w.thesis, by=by, starts_at=LATER),
        f"student {STAFF} {OFFICES}",
    ),
    "meetings.change": (
        lambda w, by: meetings.change(meeting=w.meeting, by=by, state="held"),
        f"student {STAFF} {OFFICES}",
    ),
    "extensions.ask": (ask_for_time, f"student {OFFICES}"),
    "extensions.decide": (decide, f"{SUPERVISING} {OFFICES}"),
    "marks.report": (lambda w, by: marks.report(thesis=w.thesis, by=by, text="Good."), "examiner"),
    "marks.enter": (
        lambda w, by: marks.enter(thesis=w.thesis, student=w.people["student"], value=Decimal("1.3"), by=by),
        "examiner",
    ),
    "marks.publish": (publish, "examiner"),
}


class Undone(Exception):
    """Takes back what one person has done, before the next tries."""


@pytest.mark.parametrize("call", CALLS)
def test_service_is_open_to_these_and_closed_to_the_others(world, call):
    act, allowed = CALLS[call]
    hidden = call in ("discussion.find staff", "discussion.comment staff", "discussion.widen")

    answers = {}
    for who in EVERYBODY:
        fresh = SimpleNamespace(**vars(world))
        fresh.thesis = Thesis.objects.get(pk=world.thesis.pk)
        with suppress(Undone), transaction.atomic():
            try:
                act(fresh, world.people[who])
                answers[who] = "may"
            except DigiError as error:
                answers[who] = type(error).__name__
            raise Undone

    outside = dict.fromkeys(("outsider", "former"), "NotFound")
    others = dict.fromkeys(EVERYBODY, "NotFound" if hidden else "Forbidden")
    assert answers == others | outside | dict.fromkeys(allowed.split(), "may")


def test_deputy_plays_no_part_after_the_last_day(world):
    deputy = world.people["deputy"]
    ThesisMember.objects.filter(user=deputy).update(until=days.today() - timedelta(days=1))

    for call in ("theses.change due_on", "discussion.find", "plan.add_task"):
        with pytest.raises(NotFound):
            CALLS[call][0](world, deputy)


def test_person_brought_back_plays_the_part_again(world):
    former = world.people["former"]

    members.add(thesis=world.thesis, user=former, role="examiner", by=world.people["supervisor"])

    marks.report(thesis=world.thesis, by=former, text="Better.")
    with pytest.raises(Forbidden):
        plan.add_milestone(thesis=world.thesis, by=former, title="Mine")


def test_task_may_be_removed_by_who_made_it(world):
    task = plan.add_task(thesis=world.thesis, by=world.people["student"], title="Sleep")

    plan.remove_task(task=task, by=world.people["student"])

    assert not Task.objects.filter(title="Sleep").exists()


@pytest.mark.parametrize("state", ["archived", "withdrawn"])
def test_closed_thesis_changes_no_more(world, state):
    upload(world.thesis, "final")
    put(world.thesis, state=state)
    by = world.people["supervisor"]
    closed = ("theses.change title", "members.add", "guests.invite", "plan.add_task", "meetings.arrange")

    for call in closed:
        with pytest.raises(Exception, match="closed") as refused:
            CALLS[call][0](world, by)
        assert refused.value.code == "closed"
