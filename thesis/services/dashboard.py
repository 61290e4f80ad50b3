"""What concerns a person now, in all their theses and applications: a fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from digi.accounts.models import Department, Role, User
from thesis import days
from thesis.models import (
    ChangeRequest,
    Extension,
    ExtensionState,
    MemberRole,
    RequestState,
    Task,
    Thesis,
    ThesisMember,
    ThreadVisibility,
)
from thesis.models.people import EXAMINING, SUPERVISING
from thesis.services import appointments, waiting
from thesis.services.appointments import Appointment, Span
from thesis.services.theses import IN_THEIR_HANDS
from thesis.services.waiting import Waiting
from thesis.states import ACTIVE

AHEAD = timedelta(days=30)  # how far dates are looked for
AT_MOST = 50  # rows of each part


@dataclass(frozen=True, slots=True)
class Office:
    """A department that the person coordinates: its theses under way by state, and how many are past their day."""

    department: Department
    states: dict[str, int]
    overdue: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`requests` are changes to be made or to be looked at by the person, `extensions` are to be decided on."""

    tasks: list[Task]
    dates: list[Appointment]
    theses: list[Waiting]
    applications: list[Waiting]
    requests: list[ChangeRequest]
    extensions: list[Extension]
    departments: list[Office]


def of(user: User) -> Dashboard:
    """Of everybody's theses only those in which the person has a role now; a coordinator's are counted."""
    mine = ThesisMember.objects.current().filter(user=user, thesis__state__in=sorted(ACTIVE))
    return Dashboard(
        tasks=_tasks(user, mine),
        dates=_dates(user),
        theses=waiting.theses(user, mine),
        applications=waiting.applications(user),
        requests=_requests(mine),
        extensions=_extensions(mine),
        departments=_departments(user),
    )


def _tasks(user: User, mine: "QuerySet[ThesisMember]") -> list[Task]:
    """The nearest first, those without a day last."""
    rows = Task.objects.filter(assignee=user, done_at=None, thesis__in=mine.values("thesis"))
    return list(rows.select_related("thesis").order_by(F("due_on").asc(nulls_last=True), "pk")[:AT_MOST])


def _dates(user: User) -> list[Appointment]:
    """The nearest first; days before times."""
    span = Span(days.today(), days.today() + AHEAD, AT_MOST)
    found = [one for one in appointments.within(user, span, latest_first=False) if not one.cancelled]
    return sorted(found, key=lambda one: _moment(one.start))[:AT_MOST]


def _moment(start: date | datetime) -> datetime:
    return start if isinstance(start, datetime) else days.start_of(start)


def _requests(mine: "QuerySet[ThesisMember]") -> list[ChangeRequest]:
    """Students make the changes, supervisors and examiners look at what is said to be done; of talks that they read."""

    def theirs(state: str, roles: Iterable[str], *hidden: str) -> Q:
        theses = mine.filter(role__in=roles).values("thesis")
        return Q(state=state, thesis__in=theses) & ~Q(comment__thread__visibility__in=hidden)

    to_do = theirs(RequestState.OPEN, [MemberRole.STUDENT], ThreadVisibility.STAFF, ThreadVisibility.EXAMINERS)
    supervised = theirs(RequestState.DONE, SUPERVISING, ThreadVisibility.EXAMINERS)
    rows = ChangeRequest.objects.filter(to_do | supervised | theirs(RequestState.DONE, EXAMINING))
    return list(rows.select_related("thesis", "comment__thread").order_by("-blocking", "pk")[:AT_MOST])


def _extensions(mine: "QuerySet[ThesisMember]") -> list[Extension]:
    supervised = mine.filter(role__in=SUPERVISING).values("thesis")
    rows = Extension.objects.filter(state=ExtensionState.ASKED, thesis__in=supervised)
    return list(rows.select_related("thesis", "asked_by__avatar").order_by("pk")[:AT_MOST])


def _departments(user: User) -> list[Office]:
    """One count over the department's theses under way."""
    offices = Department.objects.filter(affiliations__user=user, affiliations__role=Role.COORDINATOR)
    departments = {office.pk: office for office in offices.distinct().order_by("name")}
    if not departments:
        return []
    under_way = Thesis.objects.filter(programme__department__in=departments, state__in=sorted(ACTIVE))
    counted = under_way.order_by().values("programme__department", "state")
    states: dict[int, Counter[str]] = defaultdict(Counter)
    overdue: Counter[int] = Counter()
    late: Any = Count("pk", filter=Q(due_on__lt=days.today(), state__in=IN_THEIR_HANDS))
    for row in counted.annotate(theses=Count("pk"), late=late):
        states[row["programme__department"]][row["state"]] += row["theses"]
        overdue[row["programme__department"]] += row["late"]
    return [Office(department, dict(states[pk]), overdue[pk]) for pk, department in departments.items()]
