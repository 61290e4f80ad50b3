"""Who is told what. Called by the other services within the transaction of what has happened."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from digi.accounts.models import User
from digi.moments import moment
from digi.notifications.services import notify
from thesis.models import (
    Application,
    ChangeRequest,
    Comment,
    DocumentVersion,
    Extension,
    InterviewSlot,
    Mark,
    Meeting,
    MemberRole,
    Receipt,
    Task,
    Thesis,
    ThesisMember,
    Topic,
    Transition,
)
from thesis.models.people import EXAMINING, SUPERVISING

REASONS = (
    {MemberRole.STUDENT: "thesis.student"}
    | dict.fromkeys(SUPERVISING, "thesis.supervisor")
    | dict.fromkeys(EXAMINING, "thesis.examiner")
)


def state_changed(thesis: Thesis, step: Transition, *, by: User | None) -> None:
    facts = {"to": str(step.to_state), "from": str(step.from_state)}
    _tell("thesis.state", thesis, _members(thesis), by, facts, once=f"transition:{thesis.uuid}:{step.n}")


def due_changed(thesis: Thesis, *, by: User) -> None:
    _tell("thesis.dates", thesis, _members(thesis), by, {"due_on": _day(thesis.due_on)})


def member_joined(thesis: Thesis, member: ThesisMember, *, by: User) -> None:
    facts = {"step": "joined", "role": str(member.role)}
    others = {user: reason for user, reason in _members(thesis).items() if user.pk != member.user_id}
    _tell("thesis.member", thesis, others, by, facts, page="members")
    _tell("thesis.joined", thesis, {member.user: REASONS.get(MemberRole(member.role), "thesis.member")}, by, facts)


def member_left(thesis: Thesis, member: ThesisMember, *, by: User) -> None:
    facts = {"step": "left", "role": str(member.role)}
    _tell("thesis.member", thesis, _members(thesis), by, facts, page="members")


def handed_over(thesis: Thesis, member: ThesisMember, *, by: User) -> None:
    facts = {"step": "handed_over", "role": str(member.role)}
    others = {user: reason for user, reason in _members(thesis).items() if user.pk != member.user_id}
    _tell("thesis.member", thesis, others, by, facts, page="members")
    _tell("thesis.joined", thesis, {member.user: "thesis.supervisor"}, by, facts)


def version_added(version: DocumentVersion, *, by: User) -> None:
    thesis = version.document.thesis
    facts = {"document": str(version.document.kind), "n": version.n}
    group = f"versions:{version.document.uuid}"
    _tell("thesis.version", thesis, _members(thesis), by, facts, page="documents", group=group)


def receipt_issued(receipt: Receipt) -> None:
    """Every student, whoever of them has submitted."""
    thesis, version = receipt.thesis, receipt.version
    facts = {"name": version.name, "sha256": version.sha256, "hash": receipt.transition.hash}
    facts |= {"at": moment(receipt.transition.at)}
    notify(
        kind="thesis.receipt",
        to=_members(thesis, [MemberRole.STUDENT]),
        target=f"thesis:{thesis.uuid}",
        title=thesis.title,
        url=reverse("thesis:receipt", args=[thesis.uuid, receipt.uuid]),
        facts=facts,
        once=f"receipt:{receipt.uuid}",
        followers=False,
    )


def commented(comment: Comment, mentions: Collection[User]) -> None:
    """Tell those who may read it. When its thread's visibility widens, a second call tells who may read it now."""
    thread = comment.thread
    _tell(
        "thesis.comment",
        thread.thesis,
        _members(thread.thesis),
        comment.author,
        {},
        page="comment",
        within=[comment.uuid],
        subject=f"thread:{thread.uuid}",
        mentions=mentions,
        group=f"comments:{thread.thesis.uuid}",
        once=f"comment:{comment.uuid}",
    )


def request_moved(request: ChangeRequest, step: str, *, by: User) -> None:
    thread = request.comment.thread
    to, subject = _members(request.thesis), f"thread:{thread.uuid}"
    _tell("thesis.request", request.thesis, to, by, {"step": step}, page="requests", subject=subject)


def task_moved(task: Task, step: str, *, by: User) -> None:
    """The assignee hears of a new task; who made it hears that it is done."""
    person = task.assignee if step == "assigned" else task.created_by
    reason = "thesis.assignee" if step == "assigned" else "thesis.member"
    if person is not None:
        _tell("thesis.task", task.thesis, {person: reason}, by, {"step": step}, page="work", followers=False)


def nudged(thesis: Thesis, people: Iterable[User], *, by: User, day: date) -> list[User]:
    """Who was told that it waits for them; nobody is twice on one day."""
    reasons = _members(thesis)
    told = notify(
        kind="thesis.nudge",
        to={user: reasons.get(user, "thesis.member") for user in people},
        target=f"thesis:{thesis.uuid}",
        title=thesis.title,
        url=reverse("thesis:overview", args=[thesis.uuid]),
        actor=by,
        once=f"nudge:{thesis.uuid}:{day}",
        followers=False,
    )
    return [notification.user for notification in told]


def meeting_moved(meeting: Meeting, step: str, *, by: User) -> None:
    to = _members(meeting.thesis)
    _tell("thesis.meeting", meeting.thesis, to, by, {"step": step}, page="meeting", within=[meeting.uuid])


def extension_moved(extension: Extension, step: str, *, by: User) -> None:
    facts = {"step": step, "due_on": _day(extension.due_on)}
    _tell("thesis.extension", extension.thesis, _members(extension.thesis), by, facts, page="extensions")


def keeping_ended(thesis: Thesis, coordinators: Iterable[User]) -> None:
    to = dict.fromkeys(coordinators, "thesis.coordinator")
    _tell("thesis.kept", thesis, to, None, {}, once=f"kept:{thesis.uuid}:{_day(thesis.kept_until)}", followers=False)


def reported(thesis: Thesis, *, by: User) -> None:
    staff = (*SUPERVISING, *EXAMINING)
    _tell("thesis.report", thesis, _members(thesis, staff), by, {}, page="marks", followers=False)


def marks_published(thesis: Thesis, marks: Iterable[Mark], *, by: User) -> None:
    """Each student hears of their own mark, and nobody of another's."""
    for mark in marks:
        _tell("thesis.mark", thesis, {mark.student: "thesis.student"}, by, {}, page="marks", followers=False)


def application_moved(application: Application, verb: str, owners: Iterable[User], *, by: User | None) -> None:
    facts = {"verb": verb, "rejection": str(application.rejection)}
    once = f"application:{application.uuid}:{application.head}"
    _tell_applicants("application.step", application, owners, by, facts, once)


def slot_picked(application: Application, owners: Iterable[User], slot: InterviewSlot, *, by: User) -> None:
    once = f"application:{application.uuid}:slot:{application.version}"
    _tell_applicants("application.step", application, owners, by, {"verb": "pick", "rejection": ""}, once)


def expires_soon(application: Application, days: int) -> None:
    """The student, whose offer or application it is."""
    once = f"application:{application.uuid}:expires:{days}:{application.head}"
    _tell_applicants("application.expiring", application, (), None, {"days": days}, once)


def topic_opened(topic: Topic, subscribers: Iterable[User], *, by: User) -> None:
    notify(
        kind="topic.opened",
        to=dict.fromkeys(subscribers, "topic.subscriber"),
        target=f"topic:{topic.uuid}",
        title=topic.title,
        url=reverse("thesis:topic", args=[topic.uuid]),
        actor=by,
        once=f"topic:{topic.uuid}:{topic.version}",
    )


def _tell_applicants(
    kind: str, application: Application, owners: Iterable[User], by: User | None, facts: dict[str, Any], once: str
) -> None:
    notify(
        kind=kind,
        to=dict.fromkeys(owners, "application.owner") | {application.student: "application.student"},
        target=f"application:{application.uuid}",
        title=application.title,
        url=reverse("thesis:application", args=[application.uuid]),
        actor=by,
        facts=facts,
        once=once,
    )


def _tell(
    kind: str,
    thesis: Thesis,
    to: Mapping[User, str],
    by: User | None,
    facts: dict[str, Any],
    *,
    page: str = "overview",
    within: Collection[UUID] = (),
    **more: Any,
) -> None:
    """`page` of the thesis is where it happened, `within` what that page is of besides."""
    notify(
        kind=kind,
        to=to,
        target=f"thesis:{thesis.uuid}",
        title=thesis.title,
        url=reverse(f"thesis:{page}", args=[thesis.uuid, *within]),
        actor=by,
        facts=facts,
        **more,
    )


def _members(thesis: Thesis, roles: Iterable[str] = ()) -> dict[User, str]:
    """The members now, each with the reason for which they are told."""
    members = ThesisMember.objects.current().filter(thesis=thesis).select_related("user").order_by("pk")
    if roles:
        members = members.filter(role__in=roles)
    return {member.user: REASONS.get(MemberRole(member.role), "thesis.member") for member in members}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
