"""Steps of a thesis through the service: roles, guards, what they change, the history, and races."""

from itertools import product

import pytest

from digi.errors import Conflict, Forbidden, NotFound
from tests.thesis.making import dated, leave, put, upload
from tests.thesis.stages import (
    be_defended,
    book_a_defence,
    describe,
    hand_in_a_newer_one,
    nothing,
    publish_marks,
    request_a_change,
    step,
)
from thesis import days
from thesis.models import MemberRole
from thesis.services import history, members, theses
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(alice, bob, carol, grace, heidi, erin, dave, root, thesis):
    """Everybody by the part they play: Heidi stands in for Bob, Dave was here once."""
    members.add(thesis=thesis, user=heidi, role=MemberRole.DEPUTY, by=bob, until=days.today())
    members.add(thesis=thesis, user=dave, role=MemberRole.STUDENT, by=bob)
    leave(thesis, dave)
    return {
        "student": alice,
        "supervisor": bob,
        "deputy": heidi,
        "examiner": carol,
        "coordinator": grace,
        "superuser": root,
        "outsider": erin,
        "former": dave,
    }


# from, to, what opens the guard, what the programme asks for, who may, and the words against the others
LINES = [
    ("draft", "proposal", nothing, {}, "supervisor deputy", "a supervisor"),
    ("draft", "writing", nothing, {}, "supervisor deputy", "a supervisor"),
    (
        "proposal",
        "proposal_review",
        lambda thesis: upload(thesis, "proposal"),
        {"proposal_required": True},
        "student",
        "a student",
    ),
    ("proposal_review", "proposal", request_a_change, {}, "supervisor deputy", "a supervisor"),
    ("proposal_review", "writing", dated, {}, "supervisor deputy", "a supervisor"),
    ("writing", "submitted", lambda thesis: upload(thesis, "final"), {}, "student", "a student"),
    ("submitted", "under_review", nothing, {}, "supervisor deputy", "a supervisor"),
    ("under_review", "revision", nothing, {}, "examiner supervisor deputy", "an examiner or a supervisor"),
    ("revision", "submitted", hand_in_a_newer_one, {}, "student", "a student"),
    (
        "under_review",
        "defence",
        book_a_defence,
        {"defence_required": True},
        "supervisor deputy",
        "a supervisor",
    ),
    ("defence", "graded", be_defended, {"defence_required": True}, "examiner", "an examiner"),
    ("under_review", "graded", nothing, {}, "examiner", "an examiner"),
    ("graded", "completed", publish_marks, {}, "examiner coordinator superuser", "an examiner or a coordinator"),
    ("completed", "archived", describe, {}, "coordinator superuser", "a coordinator"),
    ("writing", "withdrawn", nothing, {}, "supervisor deputy", "a supervisor"),
]
EVERYBODY = ("student", "supervisor", "deputy", "examiner", "coordinator", "superuser", "outsider", "former")


@pytest.mark.parametrize(("line", "who"), list(product(LINES, EVERYBODY)), ids=lambda one: str(one)[:40])
def test_step_is_open_to_its_roles_and_closed_to_the_others(thesis, people, programme, line, who):
    start, to, open_the_guard, asked, allowed, words = line
    put(programme, **asked)
    put(thesis, state=start)
    open_the_guard(thesis)
    count = thesis.transitions.count()

    if who in allowed.split() or who in ("coordinator", "superuser"):
        taken = step(thesis, to, people[who])
        assert (taken.from_state, taken.to_state, taken.actor) == (start, to, people[who])
    elif who in ("outsider", "former"):
        with pytest.raises(NotFound, match="There is no such thesis"):
            step(thesis, to, people[who])
    else:
        with pytest.raises(Forbidden) as refused:
            step(thesis, to, people[who])
        assert (refused.value.message, refused.value.code) == (f"Only {words} may do this.", "wrong_role")

    thesis.refresh_from_db()
    moved = who not in ("outsider", "former") and (who in allowed.split() or who in ("coordinator", "superuser"))
    assert thesis.state == (to if moved else start)
    assert thesis.transitions.count() == count + moved
    assert history.verify(thesis) is None


CLOSED = [
    ("draft", "writing", {"proposal_required": True}, "supervisor", "The programme asks for a proposal first."),
    ("proposal", "proposal_review", {}, "student", "No proposal is uploaded yet."),
    (
        "proposal_review",
        "proposal",
        {},
        "supervisor",
        "Say what is to change first: there is no open change request.",
    ),
    ("proposal_review", "writing", {}, "supervisor", "Start and due date are not set yet."),
    ("writing", "submitted", {}, "student", "No final version is uploaded yet."),
    (
        "submitted",
        "under_review",
        {"second_examiner_required": True},
        "supervisor",
        "The programme asks for a second examiner.",
    ),
    ("revision", "submitted", {}, "student", "No newer version than the one handed in last is uploaded."),
    ("under_review", "defence", {}, "supervisor", "Reports of examiners are still missing: 1."),
    ("defence", "graded", {}, "examiner", "The defence was not held yet."),
    ("under_review", "graded", {"defence_required": True}, "examiner", "The programme asks for a defence first."),
    ("graded", "completed", {}, "examiner", "The mark is not published yet."),
    ("completed", "archived", {}, "coordinator", "Still missing: the abstract, start and due date."),
]


@pytest.mark.parametrize(("start", "to", "asked", "who", "why"), CLOSED)
def test_guard_refuses_in_the_words_that_the_choices_show(thesis, people, programme, start, to, asked, who, why):
    put(programme, **asked)
    put(thesis, state=start)

    with pytest.raises(Conflict) as refused:
        step(thesis, to, people[who])
    with pytest.raises(Conflict):
        step(thesis, to, people["coordinator"])

    assert (refused.value.message, refused.value.code) == (why, "blocked")
    shown = {choice.to: choice.reason for choice in theses.choices(thesis=thesis, by=people[who])}
    assert shown[to] == why
    thesis.refresh_from_db()
    assert thesis.state == start


def test_choices_say_who_else_may_and_what_is_needed(thesis, alice, bob, grace):
    put(thesis, state=State.UNDER_REVIEW)

    to_student = {one.to: (one.reason, one.needs) for one in theses.choices(thesis=thesis, by=alice)}
    to_supervisor = {one.to: (one.reason, one.needs) for one in theses.choices(thesis=thesis, by=bob)}
    to_coordinator = {one.to: (one.reason, one.needs) for one in theses.choices(thesis=thesis, by=grace)}

    assert to_student == {
        "revision": ("Only an examiner or a supervisor may do this.", ("reason", "due_on")),
        "defence": ("Only a supervisor may do this.", ()),
        "graded": ("Only an examiner may do this.", ()),
        "withdrawn": ("Only a supervisor may do this.", ("reason",)),
    }
    assert to_supervisor["revision"] == ("", ("reason", "due_on"))
    assert to_supervisor["defence"] == ("Reports of examiners are still missing: 1.", ())
    assert to_coordinator["graded"] == ("", ("reason",))


def test_choices_are_nobodys_business_outside(thesis, people):
    for who in ("outsider", "former"):
        with pytest.raises(NotFound):
            theses.choices(thesis=thesis, by=people[who])
