"""Theses in lines, to be taken away: the same columns whatever is made of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from digi.accounts.models import User
from digi.audit import services as audit
from thesis.models import MemberRole, Milestone, Thesis, ThesisMember
from thesis.models.people import EXAMINING, SUPERVISING

Value = str | int | date | datetime | list[User] | None
CHUNK = 500  # rows that are held at a time


@dataclass(frozen=True, slots=True)
class Line:
    """A thesis and its people of now; `thesis` has its milestones counted, `milestones_done` of `milestones_all`."""

    thesis: Thesis
    members: list[ThesisMember]

    def people(self, *roles: str) -> list[User]:
        """Those in one of these roles, each once, in the order of their coming."""
        return list({member.user_id: member.user for member in self.members if member.role in roles}.values())


_PLAIN = (
    "kind",
    "language",
    "state",
    "start_on",
    "due_on",
    "submitted_at",
    "late",
    "defence_at",
    "milestones_done",
    "milestones_all",
    "visibility",
    "embargo_until",
    "kept_until",
    "created_at",
    "changed_at",
    "abstract",
)

COLUMNS: Mapping[str, Callable[[Line], Value]] = {
    "id": lambda line: str(line.thesis.uuid),
    "title": attrgetter("thesis.title"),
    "students": lambda line: line.people(MemberRole.STUDENT),
    "supervisors": lambda line: line.people(*SUPERVISING),
    "examiners": lambda line: line.people(*EXAMINING),
    "department": attrgetter("thesis.programme.department.name"),
    "programme": attrgetter("thesis.programme.name"),
    **{name: attrgetter(f"thesis.{name}") for name in _PLAIN},
}


@transaction.atomic
def note(*, by: User, form: str, filters: list[str]) -> None:
    """Keep in the audit that a list was taken away: by which filters, not for what they looked."""
    details = {"format": form, "filters": sorted(filters)}
    audit.record(action="theses.exported", actor=by, target=audit.target_of(by), details=details)


def lines(theses: QuerySet[Thesis]) -> Iterator[Line]:
    """The newest first: two queries and a few rows in memory, however many theses."""
    chosen = ThesisMember.objects.current().filter(thesis__in=theses.order_by().values("pk"))
    members = chosen.select_related("user").order_by("-thesis_id", "pk").iterator(chunk_size=CHUNK)
    groups = groupby(members, key=attrgetter("thesis_id"))
    of, group = next(groups, (0, iter(())))
    for thesis in _counted(theses).order_by("-pk").iterator(chunk_size=CHUNK):
        while of > thesis.pk:  # of a thesis that came in between the two queries
            of, group = next(groups, (0, iter(())))
        yield Line(thesis, list(group) if of == thesis.pk else [])


def _counted(theses: QuerySet[Thesis]) -> QuerySet[Thesis]:
    def number(of: Q) -> Coalesce:
        mine = Milestone.objects.filter(of, thesis=OuterRef("pk")).order_by().values("thesis")
        return Coalesce(Subquery(mine.annotate(number=Count("pk")).values("number")), 0, output_field=IntegerField())

    counts = {"milestones_all": number(Q()), "milestones_done": number(Q(done_at__isnull=False))}
    return theses.select_related("programme__department").annotate(**counts)
