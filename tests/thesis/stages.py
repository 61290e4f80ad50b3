"""What opens the guards of a thesis, and its steps, for tests."""

from datetime import timedelta

from django.utils import timezone

from tests.thesis.making import dated, put, upload
from thesis import days
from thesis.models import Assessment, Mark, MemberRole, Thesis, Transition
from thesis.services import discussion, requests, theses
from thesis.states import State

SOON = timedelta(days=30)


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


def step(thesis: Thesis, to: str, by, **given) -> Transition:
    given = {"reason": "Because.", "due_on": days.today() + SOON, "declaration": True} | given
    return theses.transition(thesis=thesis, to=to, by=by, **given)
