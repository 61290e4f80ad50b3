"""Figures over theses: where they stand, how long that takes, who supervises how many, and what came when."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.models import Department, Role, User
from digi.errors import Forbidden
from thesis import days
from thesis.models import MemberRole, Thesis, ThesisMember, Transition
from thesis.models.people import SUPERVISING
from thesis.services.theses import IN_THEIR_HANDS
from thesis.states import ACTIVE, State

FRESH = 300  # seconds for which figures stand; they are dear where there are many theses
BACK = timedelta(days=2 * 365)  # steps that are looked at
MONTHS = 12
AT_MOST = 30  # supervisors shown


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose theses: a department's, for its coordinators, or those that the person supervises."""

    key: str
    name: str
    department: Department | None


@dataclass(frozen=True, slots=True)
class Load:
    person: str
    username: str
    theses: int
    late: int


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    opened: int
    completed: int


@dataclass(frozen=True, slots=True)
class Report:
    """`times` are median days in a state that was left within the last two years, and how many did; `at` is when."""

    states: list[tuple[State, int]]
    times: list[tuple[State, float, int]]
    loads: list[Load]
    months: list[Month]
    at: datetime


def scopes(user: User) -> list[Scope]:
    """What the person may look at; their departments first. Empty for those who neither coordinate nor supervise."""
    offices = Q(affiliations__user=user, affiliations__role=Role.COORDINATOR)
    departments = Department.objects.all() if user.is_superuser else Department.objects.filter(offices)
    found = [Scope(one.slug, str(one), one) for one in departments.distinct().order_by("name")]
    if ThesisMember.objects.current().filter(user=user, role__in=SUPERVISING).exists():
        found.append(Scope("mine", _("My supervision"), None))
    return found


def of(user: User, scope: Scope) -> Report:
    """The figures; at most five minutes old. Raises `Forbidden` for a scope that is not the person's."""
    if scope not in scopes(user):
        raise Forbidden(_("These figures are for coordinators of the department."), code="wrong_role")
    owner = f"user:{user.pk}" if scope.department is None else f"department:{scope.department.pk}"
    key = f"thesis.reports:{owner}"
    found: Report | None = cache.get(key)
    if found is None:
        found = _made(_theses(user, scope))
        cache.set(key, found, FRESH)
    return found


def _theses(user: User, scope: Scope) -> "QuerySet[Thesis]":
    if scope.department is None:
        return Thesis.objects.of(user, *SUPERVISING)
    return Thesis.objects.filter(programme__department=scope.department)


def _made(theses: "QuerySet[Thesis]") -> Report:
    return Report(_states(theses), _times(theses), _loads(theses), _months(theses), timezone.now())


def _states(theses: "QuerySet[Thesis]") -> list[tuple[State, int]]:
    counts = dict(theses.order_by().values_list("state").annotate(theses=Count("pk")))
    return [(state, counts.get(state, 0)) for state in State]


def _times(theses: "QuerySet[Thesis]") -> list[tuple[State, float, int]]:
    """From the step into a state to the next one; what still stands there is not in it."""
    steps = Transition.objects.filter(thesis__in=theses.order_by().values("pk"), at__gte=timezone.now() - BACK)
    stays: dict[str, list[float]] = defaultdict(list)
    before: tuple[int, str, datetime] | None = None
    for thesis, state, at in steps.order_by("thesis_id", "n").values_list("thesis_id", "to_state", "at").iterator():
        if before and before[0] == thesis:
            stays[before[1]].append((at - before[2]) / timedelta(days=1))
        before = (thesis, state, at)
    return [(state, round(median(stays[state]), 1), len(stays[state])) for state in State if stays[state]]


def _loads(theses: "QuerySet[Thesis]") -> list[Load]:
    """The busiest first; theses under way of which they are a supervisor now."""
    under_way = theses.filter(state__in=sorted(ACTIVE)).order_by().values("pk")
    rows = ThesisMember.objects.current().filter(thesis__in=under_way, role=MemberRole.SUPERVISOR)
    late: Any = Count("pk", filter=Q(thesis__due_on__lt=days.today(), thesis__state__in=sorted(IN_THEIR_HANDS)))
    counted = rows.order_by().values("user__display_name", "user__username").annotate(theses=Count("pk"), late=late)
    found = counted.order_by("-theses", "user__display_name")[:AT_MOST]
    return [
        Load(row["user__display_name"] or row["user__username"], row["user__username"], row["theses"], row["late"])
        for row in found
    ]


def _months(theses: "QuerySet[Thesis]") -> list[Month]:
    """The last twelve months, this one with them."""
    firsts = _firsts(days.today())
    start = days.start_of(firsts[0])
    opened = _by_month(theses.filter(created_at__gte=start).values_list("created_at", flat=True))
    completed = _by_month(theses.filter(completed_at__gte=start).values_list("completed_at", flat=True))
    return [Month(first, opened[first], completed[first]) for first in firsts]


def _firsts(today: date) -> Sequence[date]:
    number = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(number - MONTHS + 1, number + 1)]


def _by_month(moments: Iterable[datetime | None]) -> Counter[date]:
    return Counter(days.day_of(moment).replace(day=1) for moment in moments if moment)
