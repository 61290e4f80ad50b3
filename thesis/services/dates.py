"""The dates of theses that people are reminded of: due dates, milestones, tasks, meetings and defences still ahead."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from digi.accounts.models import Affiliation, Role, User
from digi.notifications.dates import Due, register_dates
from thesis import days
from thesis.models import Meeting, MeetingState, MemberRole, Milestone, Task, Thesis, ThesisMember
from thesis.models.people import EXAMINING, SUPERVISING
from thesis.services.telling import REASONS
from thesis.states import ACTIVE, State

KIND = "thesis.reminder"
PAGES = {"milestone": "work", "task": "work", "meeting": "meetings"}  # where it is shown; the overview, otherwise
WRITING = (State.WRITING, State.REVISION)
WORKING = (MemberRole.STUDENT, *SUPERVISING)

People = Mapping[int, list[ThesisMember]]


def register() -> None:
    register_dates("theses", between)


def between(start: datetime, end: datetime) -> Iterator[Due]:
    """What is open and due from `start` until `end`: a fixed number of queries."""
    due = {"due_on__gte": start.date() - timedelta(days=1), "due_on__lte": end.date()}
    theses = list(Thesis.objects.filter(state__in=WRITING, **due).select_related("programme"))
    defences = list(Thesis.objects.filter(state=State.DEFENCE, defence_at__gte=start, defence_at__lte=end))
    open_things = {"done_at": None, "thesis__state__in": sorted(ACTIVE), **due}
    milestones = list(Milestone.objects.filter(**open_things).select_related("thesis"))
    tasks = list(Task.objects.filter(**open_things).select_related("thesis", "assignee"))
    planned = Meeting.objects.filter(state=MeetingState.PLANNED, starts_at__gte=start, starts_at__lte=end)
    meetings = list(planned.filter(thesis__state__in=sorted(ACTIVE)).select_related("thesis"))

    people = _people({one.pk for one in (*theses, *defences)} | _of(milestones) | _of(tasks) | _of(meetings))
    coordinators = _coordinators({thesis.programme.department_id for thesis in theses})
    found = [
        *(_thesis(thesis, people, coordinators) for thesis in theses),
        *(_defence(thesis, people) for thesis in defences),
        *(_milestone(milestone, people) for milestone in milestones),
        *(_task(task, people) for task in tasks),
        *(_meeting(meeting, people) for meeting in meetings),
    ]
    return (due for due in found if start <= due.at <= end)


def _thesis(thesis: Thesis, people: People, coordinators: Mapping[int, list[User]]) -> Due:
    told = dict.fromkeys(coordinators[thesis.programme.department_id], "thesis.coordinator")
    thing = f"thesis:{thesis.uuid}"
    return _due(thesis, thing, days.end_of(_day(thesis)), _to(people, thesis.pk, WORKING), "thesis", escalate=told)


def _defence(thesis: Thesis, people: People) -> Due:
    at = thesis.defence_at
    assert at is not None  # noqa: S101 - the query asked for it
    everybody = (*WORKING, *EXAMINING, MemberRole.MINUTE_TAKER)
    return _due(thesis, f"defence:{thesis.uuid}", at, _to(people, thesis.pk, everybody), "defence", escalates=False)


def _milestone(milestone: Milestone, people: People) -> Due:
    students = _to(people, milestone.thesis_id, (MemberRole.STUDENT,))
    supervisors = _to(people, milestone.thesis_id, SUPERVISING)
    thing, at = f"milestone:{milestone.uuid}", days.end_of(_day(milestone))
    return _due(milestone.thesis, thing, at, students, "milestone", name=milestone.title, escalate=supervisors)


def _task(task: Task, people: People) -> Due:
    mine = {member.user.pk for member in people[task.thesis_id]}
    assignee = task.assignee if task.assignee_id in mine else None
    to = {assignee: "thesis.assignee"} if assignee else {}
    supervisors = _to(people, task.thesis_id, SUPERVISING)
    return _due(
        task.thesis,
        f"task:{task.uuid}",
        days.end_of(_day(task)),
        to or _to(people, task.thesis_id, (MemberRole.STUDENT,)),
        "task",
        name=task.title,
        escalate=supervisors,
    )


def _meeting(meeting: Meeting, people: People) -> Due:
    to = _to(people, meeting.thesis_id, (*WORKING, *EXAMINING))
    return _due(meeting.thesis, f"meeting:{meeting.uuid}", meeting.starts_at, to, "meeting", escalates=False)


def _due(
    thesis: Thesis,
    thing: str,
    at: datetime,
    to: Mapping[User, str],
    what: str,
    *,
    name: str = "",
    escalate: Mapping[User, str] | None = None,
    escalates: bool = True,
) -> Due:
    return Due(
        thing=thing,
        at=at,
        kind=KIND,
        target=f"thesis:{thesis.uuid}",
        title=thesis.title,
        url=reverse(f"thesis:{PAGES.get(what, 'overview')}", args=[thesis.uuid]),
        to=to,
        escalate=escalate or {},
        escalates=escalates,
        facts={"what": what, "name": name},
    )


def _people(thesis_ids: set[int]) -> People:
    """The current members of these theses."""
    found: dict[int, list[ThesisMember]] = defaultdict(list)
    for ids in _portions(sorted(thesis_ids)):
        for member in ThesisMember.objects.current().filter(thesis__in=ids).select_related("user").order_by("pk"):
            found[member.thesis_id].append(member)
    return found


def _coordinators(departments: set[int]) -> Mapping[int, list[User]]:
    found: dict[int, list[User]] = defaultdict(list)
    offices: QuerySet[Affiliation] = Affiliation.objects.filter(department__in=departments, role=Role.COORDINATOR)
    for office in offices.select_related("user"):
        found[office.department_id].append(office.user)
    return found


def _to(people: People, thesis_id: int, roles: Iterable[str]) -> dict[User, str]:
    members = [member for member in people[thesis_id] if member.role in roles]
    return {member.user: REASONS.get(MemberRole(member.role), "thesis.member") for member in members}


def _of(rows: Iterable[Any]) -> set[int]:
    return {row.thesis_id for row in rows}


def _portions(ids: list[int], size: int = 1000) -> Iterator[list[int]]:
    """SQL Server takes no more than about 2100 parameters."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _day(row: Any) -> Any:
    return row.due_on
