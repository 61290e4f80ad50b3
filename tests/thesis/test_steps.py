"""What steps of a thesis need, change, write down and tell; going back, the chain, and races."""

from datetime import date, timedelta

import pytest

from digi.audit.models import AuditEvent
from digi.errors import Conflict, Forbidden, Invalid, Stale
from digi.notifications.models import Notification
from tests.thesis.making import dated, put, upload
from tests.thesis.stages import describe, hand_in_a_newer_one, publish_marks, step
from thesis import days
from thesis.models import Thesis
from thesis.services import discussion, history, requests, theses
from thesis.states import State

pytestmark = pytest.mark.django_db

SOON = timedelta(days=30)


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
