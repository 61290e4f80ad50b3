"""Every date of theses and applications that concerns a person now, by the roles they have now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from digi.accounts.models import User
from thesis import days
from thesis.models import (
    Application,
    InterviewSlot,
    Meeting,
    MeetingState,
    MemberRole,
    Milestone,
    Task,
    Thesis,
    ThesisMember,
)
from thesis.models.people import EXAMINING, SUPERVISING
from thesis.services.theses import IN_THEIR_HANDS
from thesis.states import ACTIVE, ApplicationState

KINDS = ("due", "defence", "milestone", "task", "meeting", "interview")
WORKING = (MemberRole.STUDENT, *SUPERVISING)
MEETING = (*WORKING, *EXAMINING)
DEFENDING = (*MEETING, MemberRole.MINUTE_TAKER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """`kind` and `row` say what it is, `subject` which thesis or application it belongs to; a day is the whole day."""

    kind: str
    row: Any
    version: int
    changed_at: datetime
    start: date | datetime
    subject: Thesis | Application
    name: str = ""
    minutes: int = 60
    place: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """From the beginning of one day to the end of another; open where `last` is None. At most so many of each kind."""

    first: date
    last: date | None
    at_most: int

    def days(self, column: str) -> Q:
        return Q(**{f"{column}__gte": self.first}) & (Q(**{f"{column}__lte": self.last}) if self.last else Q())

    def times(self, column: str) -> Q:
        after = Q(**{f"{column}__gte": days.start_of(self.first)})
        return after & (Q(**{f"{column}__lt": days.end_of(self.last)}) if self.last else Q())


def within(user: User, span: Span, *, latest_first: bool) -> Iterator[Appointment]:
    """Six queries, however many theses. Those that are closed and those that the person has left give nothing."""
    current = ThesisMember.objects.current().filter(user=user, thesis__state__in=sorted(ACTIVE))

    def theirs(*roles: str) -> "QuerySet[ThesisMember, Any]":
        return (current.filter(role__in=roles) if roles else current).values("thesis")

    def some(rows: Any, by: str) -> Iterable[Any]:
        return rows.order_by(f"-{by}" if latest_first else by, "pk")[: span.at_most]  # type: ignore[no-any-return]

    due = current.filter(span.days("thesis__due_on"), role__in=WORKING, thesis__state__in=IN_THEIR_HANDS)
    defences = current.filter(span.times("thesis__defence_at"), role__in=DEFENDING)
    milestones = Milestone.objects.filter(span.days("due_on"), thesis__in=theirs(*WORKING), done_at=None)
    tasks = Task.objects.filter(span.days("due_on"), thesis__in=theirs(), assignee=user, done_at=None)
    meetings = Meeting.objects.filter(span.times("starts_at"), thesis__in=theirs(*MEETING))
    interviews = _interviews(user).filter(span.times("starts_at"))

    yield from (_of_thesis("due", row, row.due_on) for row in _theses(some(due, "thesis__due_on")))
    yield from (_of_thesis("defence", row, row.defence_at) for row in _theses(some(defences, "thesis__defence_at")))
    yield from (_planned("milestone", row) for row in some(milestones.select_related("thesis"), "due_on"))
    yield from (_planned("task", row) for row in some(tasks.select_related("thesis"), "due_on"))
    yield from map(_meeting, some(meetings.select_related("thesis"), "starts_at"))
    yield from map(_interview, some(interviews.select_related("application"), "starts_at"))


def _theses(members: Any) -> Iterable[Any]:
    """The theses of these members, each once: somebody may have two roles in one."""
    return {member.thesis_id: member.thesis for member in members.select_related("thesis")}.values()


def _interviews(user: User) -> "QuerySet[InterviewSlot]":
    """The times that were picked: the student's own, and those of who decides."""
    own = Application.objects.open_of(user).values("pk")
    return InterviewSlot.objects.filter(application__in=own, application__state=ApplicationState.INTERVIEW, picked=True)


def _of_thesis(kind: str, thesis: Thesis, start: date | datetime) -> Appointment:
    return Appointment(
        kind=kind, row=thesis, version=thesis.version, changed_at=thesis.changed_at, start=start, subject=thesis
    )


def _planned(kind: str, row: Any) -> Appointment:
    stamps = {"version": row.version, "changed_at": row.changed_at}
    return Appointment(kind=kind, row=row, start=row.due_on, subject=row.thesis, name=row.title, **stamps)


def _meeting(meeting: Meeting) -> Appointment:
    return Appointment(
        kind="meeting",
        row=meeting,
        version=meeting.version,
        changed_at=meeting.changed_at,
        start=meeting.starts_at,
        subject=meeting.thesis,
        minutes=meeting.minutes_long,
        place=meeting.place,
        cancelled=meeting.state == MeetingState.CANCELLED,
    )


def _interview(slot: InterviewSlot) -> Appointment:
    """It is the application's, whichever time is picked: who picks another one moves it."""
    application = slot.application
    return Appointment(
        kind="interview",
        row=application,
        version=application.version,
        changed_at=slot.changed_at,
        start=slot.starts_at,
        subject=application,
        place=slot.place,
    )
