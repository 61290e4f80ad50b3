"""The demo's theses, in many states, with topics and applications; made by the services that people use."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from digi.accounts.models import Department, User
from digi.files.services import uploads
from digi.management.demo.papers import pdf
from thesis import days
from thesis.models import Programme, Thesis, Topic
from thesis.services import (
    applications,
    discussion,
    documents,
    marks,
    meetings,
    members,
    plan,
    programmes,
    readings,
    requests,
    theses,
    topics,
)
from thesis.services.applications import Slot

People = dict[str, User]

MASTER: dict[str, Any] = {"proposal_required": True, "second_examiner_required": True, "defence_required": True}
BACHELOR: dict[str, Any] = {
    "proposal_required": False,
    "second_examiner_required": False,
    "defence_required": False,
    "late": "mark",
}
ABSTRACT = (
    "A viewer on a slow link must not hold back the others, and must not fall behind for ever. We bound the lag by "
    "credit that follows from the round-trip time, and measure what that costs."
)
LINES = [
    "1 Introduction",
    "Live video over WebSockets reaches every browser, but a stalled reader fills the queue of its sender.",
    "2 Related work",
    "RFC 6298 smooths the round-trip time; we follow it for the credit of a viewer.",
    "3 Method",
    "credit = max(4, ceil(1.5 * fps * rtt)) settles from the second sample on.",
    "4 Measurements",
    "With credit the lag stays at 1.4 s; without it, it grows past 20 s.",
]
REVISED = [
    *LINES[:3],
    "RFC 6298 smooths the round-trip time; we follow it for the credit of a viewer, and say where we do not.",
    *LINES[4:],
    "4.2 A link that loses one packet in fifty",
    "The credit halves within a second and is back after four; nobody else notices.",
]


def tell(people: People, department: Department) -> None:
    """Make what is missing: two programmes, and every story that has not been told yet."""
    master = _programme(department, "M. Sc. Informatics", people["grace"], MASTER)
    bachelor = _programme(department, "B. Sc. Informatics", people["grace"], BACHELOR)
    stories: tuple[tuple[str, Programme, Callable[[str, Programme, People], None]], ...] = (
        ("Bounded-lag fan-out of live video over WebSockets", master, _writing),
        ("Zeit bis zum ersten Bild in einem Browser-Streaming-System", master, _proposal_review),
        ("Verifying hash-chained room logs in the browser", bachelor, _under_review),
        ("Barrierefreie Tabellen mit sehr vielen Zeilen", bachelor, _completed),
        ("Detecting at-risk theses from milestone drift", bachelor, _draft),
        ("Energy estimates for embedded video encoders", bachelor, _withdrawn),
        ("Comments that travel to the next draft", bachelor, _waiting),
        ("Key rotation in chat systems with many tenants", master, _offered),
    )
    for title, programme, story in stories:
        known = Topic.objects.filter(title=title).exists() or Thesis.objects.filter(title=title).exists()
        if not known:
            with transaction.atomic():
                story(title, programme, people)


def _writing(title: str, programme: Programme, people: People) -> None:
    alice, bob, carol = (people[name] for name in ("alice", "bob", "carol"))
    topic = _topic(title, programme, bob, tags=["video", "websockets"], capacity=1)
    application = applications.apply_for_topic(
        topic=topic, by=alice, kind="master", motivation="I have built a stalled viewer for the lab already."
    )
    application = applications.shortlist(application=application, by=bob)
    slot = Slot(timezone.now() + timedelta(days=1), "2.014")
    application = applications.invite(application=application, by=bob, slots=[slot])
    applications.pick(application=application, slot=application.slots.get(), by=alice)
    application = applications.offer(application=application, by=bob)
    thesis = _opened(applications.accept(application=application, by=alice).thesis)

    members.add(thesis=thesis, user=carol, role="examiner", by=bob)
    today = days.today()
    dates: dict[str, Any] = {"start_on": today - timedelta(days=90), "due_on": today + timedelta(days=49)}
    theses.change(thesis=thesis, by=bob, abstract=ABSTRACT, **dates)
    theses.transition(thesis=thesis, to="proposal", by=bob)
    _upload(thesis, alice, "proposal", "proposal.pdf", "Proposal", "")
    theses.transition(thesis=thesis, to="proposal_review", by=alice)
    theses.transition(thesis=thesis, to="writing", by=bob)
    _upload(thesis, alice, "draft", "draft-1.pdf", "Draft 1", "Measurements over the lossy link")
    _upload(thesis, alice, "draft", "draft-2.pdf", "Draft 2", "Section 4.2 is new, figures redrawn", REVISED)
    _plan(thesis, alice, bob)
    _discuss(thesis, alice, bob, carol)


def _proposal_review(title: str, programme: Programme, people: People) -> None:
    dave, bob = people["dave"], people["bob"]
    thesis = _direct(title, programme, bob, [dave], language="de")
    theses.transition(thesis=thesis, to="proposal", by=bob)
    _upload(thesis, dave, "proposal", "expose.pdf", "Exposé", "")
    theses.transition(thesis=thesis, to="proposal_review", by=dave)
    _, comment = discussion.open_thread(thesis=thesis, by=bob, body="Was genau messen Sie, und womit vergleichen Sie?")
    requests.ask(comment=comment, by=bob, blocking=True)


def _under_review(title: str, programme: Programme, people: People) -> None:
    """Written by two."""
    frank, dave, heidi, bob, carol = (people[name] for name in ("frank", "dave", "heidi", "bob", "carol"))
    thesis = _direct(title, programme, heidi, [frank, dave], examiner=bob)
    members.add(thesis=thesis, user=carol, role="second_examiner", by=heidi)
    _hand_in(thesis, frank, heidi)
    marks.report(thesis=thesis, by=carol, text="A clear question, carefully answered.", submit=True)


def _completed(title: str, programme: Programme, people: People) -> None:
    frank, heidi, carol = (people[name] for name in ("frank", "heidi", "carol"))
    thesis = _direct(title, programme, heidi, [frank], examiner=carol, language="de")
    _hand_in(thesis, frank, heidi)
    marks.report(thesis=thesis, by=carol, text="Sehr gut lesbar, und an Menschen erprobt.", submit=True)
    theses.transition(thesis=thesis, to="graded", by=carol)
    marks.enter(thesis=thesis, student=frank, value=Decimal("1.3"), by=carol)
    marks.publish(thesis=thesis, by=carol)
    theses.transition(thesis=thesis, to="completed", by=carol)
    theses.change(thesis=thesis, by=heidi, visibility="public")


def _draft(title: str, programme: Programme, people: People) -> None:
    _direct(title, programme, people["heidi"], [people["alice"]])


def _withdrawn(title: str, programme: Programme, people: People) -> None:
    thesis = _direct(title, programme, people["bob"], [people["dave"]])
    theses.transition(thesis=thesis, to="withdrawn", by=people["bob"], reason="Dave has chosen another topic.")


def _waiting(title: str, programme: Programme, people: People) -> None:
    """A topic with two applications, one of them turned down."""
    topic = _topic(title, programme, people["heidi"], tags=["pdf", "review"], capacity=2)
    applications.apply_for_topic(topic=topic, by=people["frank"], kind="bachelor", motivation="I annotate everything.")
    late = applications.apply_for_topic(topic=topic, by=people["dave"], kind="bachelor", motivation="Why not?")
    applications.reject(application=late, by=people["heidi"], rejection="incomplete", reason="Please say more.")


def _offered(title: str, programme: Programme, people: People) -> None:
    topic = _topic(title, programme, people["bob"], tags=["chat", "cryptography"], capacity=1)
    application = applications.apply_for_topic(topic=topic, by=people["dave"], kind="master", motivation="Keys!")
    applications.offer(application=application, by=people["bob"])
    topics.create(programme=programme, by=people["bob"], title="A draft of a topic", tags=["draft"])


def _programme(department: Department, name: str, by: User, asks: dict[str, Any]) -> Programme:
    known = Programme.objects.filter(department=department, name=name).first()
    return known or programmes.create(department=department, name=name, by=by, **asks)


def _topic(title: str, programme: Programme, by: User, *, tags: list[str], capacity: int) -> Topic:
    body = "What is asked, what is there, and whom to talk to: come by and see."
    topic = topics.create(programme=programme, by=by, title=title, body=body, tags=tags, capacity=capacity)
    return topics.move(topic=topic, to="open", by=by)


def _direct(
    title: str,
    programme: Programme,
    supervisor: User,
    students: list[User],
    *,
    examiner: User | None = None,
    language: str = "en",
) -> Thesis:
    """A thesis that needed no application."""
    thesis = theses.create(programme=programme, title=title, kind="bachelor", by=supervisor, language=language)
    for student in students:
        members.add(thesis=thesis, user=student, role="student", by=supervisor)
    if examiner is not None:
        members.add(thesis=thesis, user=examiner, role="examiner", by=supervisor)
    return thesis


def _hand_in(thesis: Thesis, student: User, supervisor: User) -> None:
    """From the draft to the review."""
    today = days.today()
    dates: dict[str, Any] = {"start_on": today - timedelta(days=120), "due_on": today + timedelta(days=2)}
    theses.change(thesis=thesis, by=supervisor, abstract=ABSTRACT, **dates)
    theses.transition(thesis=thesis, to="writing", by=supervisor)
    _upload(thesis, student, "final", "thesis.pdf", thesis.title, "")
    theses.transition(thesis=thesis, to="submitted", by=student, declaration=True)
    theses.transition(thesis=thesis, to="under_review", by=supervisor)


def _plan(thesis: Thesis, student: User, supervisor: User) -> None:
    today = days.today()
    related = plan.add_milestone(thesis=thesis, by=student, title="Related work", due_on=today - timedelta(days=40))
    plan.change_milestone(milestone=related, by=student, done=True)
    measured = plan.add_milestone(
        thesis=thesis, by=student, title="Measurements", due_on=today + timedelta(days=8), weight=3
    )
    plan.add_milestone(thesis=thesis, by=student, title="Hand in", due_on=thesis.due_on, weight=2)
    earlier = timezone.now() - timedelta(days=3)
    meeting = meetings.arrange(
        thesis=thesis, by=supervisor, starts_at=earlier, place="2.014", agenda="Chapter 4 and the raw logs"
    )
    meetings.change(meeting=meeting, by=supervisor, state="held", minutes="Both curves go on one axis.")
    later = timezone.now() + timedelta(days=4)
    meetings.arrange(thesis=thesis, by=supervisor, starts_at=later, place="2.014", agenda="Draft 3")
    plan.add_task(thesis=thesis, by=supervisor, title="Both curves on one axis", assignee=student, meeting=meeting)
    plan.add_task(thesis=thesis, by=supervisor, title="Repeat the lossy run", assignee=student, milestone=measured)


def _discuss(thesis: Thesis, alice: User, bob: User, carol: User) -> None:
    thread, comment = discussion.open_thread(
        thesis=thesis, by=bob, body="Which sample of the round-trip time is it, the last one or a smoothed one?"
    )
    requests.ask(comment=comment, by=bob, blocking=True)
    discussion.comment(thread=thread, by=alice, body="The last one. I shall smooth it and cite RFC 6298.")
    discussion.open_thread(thesis=thesis, by=bob, body="@carol: would you look at chapter 4 early?", visibility="staff")
    done, _ = discussion.open_thread(thesis=thesis, by=carol, body="Chapter 2 could lose three pages.")
    discussion.resolve(thread=done, by=alice)


def _upload(
    thesis: Thesis, by: User, kind: str, name: str, title: str, note: str, lines: Sequence[str] = LINES
) -> None:
    """Add a version, and read it at once: there need not be a worker."""
    content = pdf(title, [*lines, *(f"Log entry {n}" for n in range(1, 60))])
    upload = uploads.begin(owner=by, name=name, size=len(content))
    uploads.write(upload=upload, by=by, start=0, body=BytesIO(content))
    fresh = Thesis.objects.get(pk=thesis.pk)
    version = documents.add(thesis=fresh, by=by, kind=kind, upload_id=upload.uuid, note=note)
    readings.read.work(version_id=version.pk)


def _opened(thesis: Thesis | None) -> Thesis:
    assert thesis is not None  # noqa: S101 - an accepted application has one
    return thesis
