"""Steps of a thesis through the service: roles, guards, what they change, the history, and races."""

import threading
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connections
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.errors import Conflict, DigiError, Forbidden, Invalid, NotFound, Stale
from digi.notifications.models import Notification
from tests.thesis.making import dated, leave, put, upload
from thesis import days
from thesis.models import Assessment, Mark, MemberRole, Thesis, Transition
from thesis.services import discussion, history, members, requests, theses
from thesis.states import State

pytestmark = pytest.mark.django_db

SOON = timedelta(days=30)


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


def nothing(thesis: Thesis) -> None:
    pass


def request_a_change(thesis: Thesis) -> None:
    supervisor = thesis.members.get(role=MemberRole.SUPERVISOR).user
    _thread, comment = discussion.open_thread(thesis=thesis, by=supervisor, body="Say which sample.")
    requests.ask(comment=comment, by=supervisor)


def hand_in_a_newer_one(thesis: Thesis) -> None:
    upload(thesis, "final", b"first")
    put(thesis, state=State.WRITING)
    student = thesis.members.filter(role=MemberRole.STUDENT, left_at=None).get().user
    theses.transition(thesis=thesis, to="submitted", by=student, declaration=True)
    thesis.refresh_from_db()
    put(thesis, state=State.REVISION)
    upload(thesis, "final", b"second")


def be_defended(thesis: Thesis) -> None:
    put(thesis, defence_at=timezone.now() - timedelta(hours=1))
    report(thesis)


def book_a_defence(thesis: Thesis) -> None:
    put(thesis, defence_at=timezone.now() + SOON)
    report(thesis)


def report(thesis: Thesis) -> None:
    for member in thesis.members.filter(role=MemberRole.EXAMINER):
        Assessment.objects.create(thesis=thesis, examiner=member.user, report="Good.", submitted_at=timezone.now())


def publish_marks(thesis: Thesis) -> None:
    examiner = thesis.members.get(role=MemberRole.EXAMINER).user
    for member in thesis.members.filter(role=MemberRole.STUDENT, left_at=None):
        mark = {"value": "1.3", "entered_by": examiner, "published_at": timezone.now()}
        Mark.objects.create(thesis=thesis, student=member.user, **mark)


def describe(thesis: Thesis) -> None:
    put(dated(thesis), abstract="How far behind may a viewer fall?")


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


def step(thesis: Thesis, to: str, by, **given) -> Transition:
    given = {"reason": "Because.", "due_on": days.today() + SOON, "declaration": True} | given
    return theses.transition(thesis=thesis, to=to, by=by, **given)


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


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"due_on": None}, "due_on_missing"),
        ({"due_on": date(2020, 1, 1)}, "date_passed"),
    ],
)
def test_revision_needs_a_reason_and_a_date_ahead(thesis, carol, given, code):
    put(thesis, state=State.UNDER_REVIEW)

    with pytest.raises(Invalid) as refused:
        step(thesis, "revision", carol, **given)

    assert refused.value.code == code


def test_handing_in_needs_the_declaration(thesis, alice):
    put(thesis, state=State.WRITING)
    upload(thesis, "final")

    with pytest.raises(Invalid) as refused:
        step(thesis, "submitted", alice, declaration=False)

    assert refused.value.code == "declaration_missing"


def test_coordinator_says_why_where_it_is_anothers_step(thesis, grace, carol):
    put(thesis, state=State.UNDER_REVIEW)

    with pytest.raises(Invalid) as refused:
        step(thesis, "graded", grace, reason="")
    step(thesis, "graded", grace, reason="Carol is ill.")
    publish_marks(thesis)
    step(thesis, "completed", grace, reason="")

    assert refused.value.code == "reason_missing"
    assert list(thesis.transitions.order_by("n").values_list("reason", flat=True)) == ["", "Carol is ill.", ""]


def test_submission_freezes_what_was_handed_in(thesis, alice):
    put(dated(thesis), state=State.WRITING)
    final = upload(thesis, "final", b"all of it")

    taken = step(thesis, "submitted", alice)

    thesis.refresh_from_db()
    frozen = {"declaration": True, "late": False, "version": str(final.uuid), "sha256": final.sha256}
    assert taken.details == frozen
    assert (thesis.late, thesis.submitted_at is not None) == (False, True)


def test_late_submission_is_refused_or_marked_as_the_programme_says(thesis, alice, programme):
    put(dated(thesis, due=-1), state=State.WRITING)
    upload(thesis, "final")

    with pytest.raises(Conflict) as refused:
        step(thesis, "submitted", alice)
    put(programme, late="mark")
    thesis = Thesis.objects.get()
    taken = step(thesis, "submitted", alice)

    thesis.refresh_from_db()
    assert refused.value.code == "blocked"
    assert (thesis.late, taken.details["late"]) == (True, True)


def test_last_day_is_not_late(thesis, alice):
    put(dated(thesis, due=0), state=State.WRITING)
    upload(thesis, "final")

    step(thesis, "submitted", alice)

    thesis.refresh_from_db()
    assert thesis.late is False


def test_blocking_requests_are_done_before_handing_in_again(thesis, alice, bob):
    put(thesis, state=State.UNDER_REVIEW)
    _thread, comment = discussion.open_thread(thesis=thesis, by=bob, body="The unit is missing.")
    request = requests.ask(comment=comment, by=bob, blocking=True)
    hand_in_a_newer_one(thesis)

    with pytest.raises(Conflict, match="Blocking change requests are still open: 1"):
        step(thesis, "submitted", alice)
    requests.move(request=request, to="done", by=alice)
    step(thesis, "submitted", alice)

    thesis.refresh_from_db()
    assert thesis.state == State.SUBMITTED


def test_correction_needs_another_file(thesis, alice, bob):
    put(dated(thesis), state=State.WRITING)
    upload(thesis, "final", b"first")
    step(thesis, "submitted", alice)
    step(thesis, "under_review", bob)
    step(thesis, "revision", bob)

    for _ in range(2):
        with pytest.raises(Conflict, match="No newer version than the one handed in last"):
            step(thesis, "submitted", alice)
        upload(thesis, "final", b"first")  # the same once more
    upload(thesis, "final", b"second")
    step(thesis, "submitted", alice)

    thesis.refresh_from_db()
    assert thesis.state == State.SUBMITTED


def test_submission_that_was_taken_back_may_be_handed_in_again(thesis, alice, bob, grace):
    put(dated(thesis), state=State.WRITING)
    upload(thesis, "final", b"first")
    first = step(thesis, "submitted", alice)
    step(thesis, "under_review", bob)
    step(thesis, "revision", bob)
    upload(thesis, "final", b"second")
    step(thesis, "submitted", alice)

    step(thesis, "revision", grace, reason="Handed in by mistake.")
    thesis.refresh_from_db()
    assert thesis.submitted_at == first.at
    again = step(thesis, "submitted", alice)

    assert again.details["sha256"] != first.details["sha256"]
    assert history.verify(Thesis.objects.get()) is None


def test_completion_counts_the_years_of_keeping(thesis, carol, programme):
    put(programme, retention_years=7)
    put(thesis, state=State.GRADED)
    publish_marks(thesis)

    step(thesis, "completed", carol)

    thesis.refresh_from_db()
    assert thesis.kept_until == days.years_after(days.today(), 7)


@pytest.mark.parametrize(("reverted", "back_to"), [("revision", "under_review"), ("withdrawn", "under_review")])
def test_going_back_adds_a_line_and_deletes_none(thesis, bob, grace, reverted, back_to):
    put(dated(thesis), state=State.UNDER_REVIEW)
    due = thesis.due_on
    step(thesis, reverted, bob, due_on=days.today() + timedelta(days=90))

    taken = step(thesis, back_to, grace, reason="A mistake.")

    thesis.refresh_from_db()
    assert (thesis.state, thesis.due_on, taken.back, taken.details) == (back_to, due, True, {"undoes": 2})
    assert thesis.transitions.count() == 3
    assert history.verify(thesis) is None


def test_going_back_twice_undoes_two_steps(thesis, bob, alice, grace):
    put(dated(thesis), state=State.DRAFT)
    upload(thesis, "final")
    for to, by in (("writing", bob), ("submitted", alice)):
        step(thesis, to, by)

    for to in ("writing", "draft"):
        step(thesis, to, grace, reason="Too early.")

    thesis.refresh_from_db()
    assert (thesis.state, thesis.submitted_at) == (State.DRAFT, None)
    assert [one.back for one in thesis.transitions.order_by("n")] == [False, False, False, True, True]
    with pytest.raises(Conflict) as refused:
        step(thesis, "graded", grace)
    assert refused.value.code == "no_such_step"


def test_going_back_needs_a_reason_and_an_office(thesis, bob, grace):
    put(dated(thesis), state=State.PROPOSAL_REVIEW)
    step(thesis, "writing", bob)

    with pytest.raises(Invalid):
        step(thesis, "proposal_review", grace, reason="")
    with pytest.raises(Forbidden, match="Only a coordinator may do this"):
        step(thesis, "proposal_review", bob)


def test_step_is_written_down_audited_and_told(thesis, alice, bob, carol):
    Notification.objects.all().delete()

    taken = step(thesis, "writing", bob, reason="")

    event = AuditEvent.objects.order_by("n").last()
    assert (event.action, event.actor, event.target) == ("thesis.moved", bob, f"thesis:{thesis.uuid}")
    assert event.details == {"from": "draft", "to": "writing", "n": taken.n}
    told = Notification.objects.order_by("user__username").values_list("user__username", "kind", "reason")
    assert list(told) == [("alice", "thesis.state", "thesis.student"), ("carol", "thesis.state", "thesis.examiner")]


def test_other_version_than_the_present_one_is_stale(thesis, bob):
    seen = Thesis.objects.get(pk=thesis.pk).version
    step(thesis, "writing", bob, version=seen)

    with pytest.raises(Stale) as refused:
        step(thesis, "withdrawn", bob, version=seen)

    assert (refused.value.status, refused.value.extra) == (412, {"version": seen + 1})


def test_worker_archives_and_does_nothing_else(thesis):
    put(thesis, state=State.COMPLETED)
    describe(thesis)

    taken = theses.transition(thesis=thesis, to="archived", by=None)

    assert taken.actor is None
    assert history.verify(Thesis.objects.get()) is None
    put(thesis, state=State.DRAFT)
    with pytest.raises(Forbidden):
        theses.transition(thesis=thesis, to="writing", by=None)


# The chain


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda steps: steps.filter(n=2).update(reason="Nothing to see."), 2),
        (lambda steps: steps.filter(n=2).update(actor=None), 2),
        (lambda steps: steps.filter(n=1).update(to_state="graded"), 1),
        (lambda steps: steps.filter(n=2).update(details={"a": 1}), 2),
        (lambda steps: steps.filter(n=2).delete(), 2),
        (lambda steps: steps.filter(n=3).delete(), 3),
        (lambda steps: steps.filter(n=3).update(back=True), 3),
    ],
)
def test_altered_history_is_found(thesis, bob, spoil, found):
    step(thesis, "writing", bob)
    step(thesis, "withdrawn", bob)
    thesis.refresh_from_db()
    assert history.verify(thesis) is None

    spoil(Transition.objects.filter(thesis=thesis))

    assert history.verify(thesis) == found


# Races


@pytest.mark.django_db(transaction=True)
def test_of_two_steps_at_the_same_moment_one_is_taken(thesis, bob):
    put(thesis, state=State.DRAFT)
    gate, answers = threading.Barrier(2, timeout=10), []

    def move(to: str) -> None:
        try:
            gate.wait()
            answers.append(step(thesis, to, bob, reason="").to_state)
        except DigiError as error:
            answers.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=move, args=(to,)) for to in ("proposal", "writing")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    thesis.refresh_from_db()
    assert sorted(answers) == sorted(["no_such_step", thesis.state])
    assert (thesis.transitions.count(), history.verify(thesis)) == (2, None)


@pytest.mark.django_db(transaction=True)
def test_double_click_takes_a_step_once(thesis, bob):
    gate, answers = threading.Barrier(3, timeout=10), []

    def move() -> None:
        try:
            gate.wait()
            answers.append(str(step(thesis, "writing", bob).to_state))
        except DigiError as error:
            answers.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=move) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["no_such_step", "no_such_step", "writing"]
    assert thesis.transitions.count() == 2
