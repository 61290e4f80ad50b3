"""The dates of theses as entries of a person's calendar: what concerns them now, by the roles they have now."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.calendars import Event, register_events
from digi.accounts.models import User
from thesis import days
from thesis.models import Meeting, MeetingState, MemberRole, Milestone, Task, Thesis, ThesisMember
from thesis.models.people import EXAMINING, SUPERVISING
from thesis.services.theses import IN_THEIR_HANDS
from thesis.states import ACTIVE

WORKING = (MemberRole.STUDENT, *SUPERVISING)
MEETING = (*WORKING, *EXAMINING)
DEFENDING = (*MEETING, MemberRole.MINUTE_TAKER)
PAST = timedelta(days=180)  # how long what is over stays
AT_MOST = 1000  # of each kind, the latest


def register() -> None:
    register_events("theses", events)


def events(user: User) -> Iterator[Event]:
    """Five queries, however many theses. Those that are closed and those that the person has left give nothing."""
    current = ThesisMember.objects.current().filter(user=user, thesis__state__in=sorted(ACTIVE))

    def theirs(*roles: str) -> "QuerySet[ThesisMember, Any]":
        return (current.filter(role__in=roles) if roles else current).values("thesis")

    open_ones = {"due_on__gte": days.today() - PAST, "done_at": None}
    since = timezone.now() - PAST
    due = Thesis.objects.filter(pk__in=theirs(*WORKING), state__in=IN_THEIR_HANDS, due_on__gte=days.today() - PAST)
    defences = Thesis.objects.filter(pk__in=theirs(*DEFENDING), defence_at__gte=since)
    milestones = Milestone.objects.filter(thesis__in=theirs(*WORKING), **open_ones).select_related("thesis")
    tasks = Task.objects.filter(thesis__in=theirs(), assignee=user, **open_ones).select_related("thesis")
    meetings = Meeting.objects.filter(thesis__in=theirs(*MEETING), starts_at__gte=since).select_related("thesis")

    yield from map(_due, _latest(due, "due_on"))
    yield from map(_defence, _latest(defences, "defence_at"))
    yield from map(_milestone, _latest(milestones, "due_on"))
    yield from map(_task, _latest(tasks, "due_on"))
    yield from map(_meeting, _latest(meetings, "starts_at"))


def _latest(rows: Any, by: str) -> Iterable[Any]:
    return rows.order_by(f"-{by}", "pk")[:AT_MOST]  # type: ignore[no-any-return]


def _due(thesis: Thesis) -> Event:
    return _event("due", thesis, thesis.due_on, _("Hand in: %(title)s"), thesis, changed_at=thesis.changed_at)


def _defence(thesis: Thesis) -> Event:
    return _event("defence", thesis, thesis.defence_at, _("Defence: %(title)s"), thesis, changed_at=thesis.changed_at)


def _milestone(milestone: Milestone) -> Event:
    words = _("Milestone: %(name)s (%(title)s)")
    return _event("milestone", milestone, milestone.due_on, words, milestone.thesis, name=milestone.title)


def _task(task: Task) -> Event:
    return _event("task", task, task.due_on, _("Task: %(name)s (%(title)s)"), task.thesis, name=task.title)


def _meeting(meeting: Meeting) -> Event:
    """One that was cancelled is told as such, so that programs strike it out."""
    more: dict[str, Any] = {"minutes": meeting.minutes_long, "place": meeting.place}
    cancelled = meeting.state == MeetingState.CANCELLED
    words = _("Meeting: %(title)s")
    return _event("meeting", meeting, meeting.starts_at, words, meeting.thesis, cancelled=cancelled, **more)


def _event(what: str, row: Any, start: Any, words: str, thesis: Thesis, *, name: str = "", **more: Any) -> Event:
    summary = words % {"title": thesis.title, "name": name}
    uid = f"{what}-{row.uuid}"
    return Event(uid=uid, sequence=row.version, start=start, summary=summary, **more)
