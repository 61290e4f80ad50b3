"""Lists of theses: narrowed, in an order, a page of it. The API and the pages find the same by the same words."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from digi.accounts import names
from digi.accounts.models import User
from thesis import days
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.services.theses import IN_THEIR_HANDS
from thesis.states import ACTIVE, State

COUNTED = 1000
NEVER = date(9999, 12, 31)  # theses without a day come last
ORDERS: Mapping[str, Any] = {
    "title": F("search_text"),
    "state": Case(
        *(When(state=state, then=Value(f"{n:02}")) for n, state in enumerate(State)), output_field=CharField()
    ),
    "due": Coalesce("due_on", Value(NEVER)),
    "changed": F("changed_at"),
    "opened": F("pk"),
}


def worked_on(person: User, query: Mapping[str, Any]) -> QuerySet[Thesis]:
    """The theses whose workspace is open to the person, as far as the query lets them through."""
    rows: QuerySet[Thesis] = narrowed(described(Thesis.objects.worked_on_by(person), query), query, person)
    return rows


def described(rows: Any, query: Mapping[str, Any]) -> Any:
    """By what a thesis says about itself: `programme` (public id), `department` (slug), `kind`, `q`."""
    if query.get("programme"):
        rows = rows.filter(programme__uuid=query["programme"])
    if query.get("department"):
        rows = rows.filter(programme__department__slug=query["department"])
    if query.get("kind"):
        rows = rows.filter(kind=query["kind"])
    return rows.named(query.get("q", ""))


def narrowed(rows: Any, query: Mapping[str, Any], person: User) -> Any:
    """By where it stands, when it is due, and who takes part in it."""
    if query.get("state"):
        rows = rows.filter(state__in=sorted(query["state"]))
    if query.get("active") is not None:
        rows = rows.filter(state__in=sorted(ACTIVE)) if query["active"] else rows.exclude(state__in=sorted(ACTIVE))
    if query.get("due_after"):
        rows = rows.filter(due_on__gte=query["due_after"])
    if query.get("due_before"):
        rows = rows.filter(due_on__lte=query["due_before"])
    if query.get("late"):
        rows = rows.filter(late())
    return _taken_part_in(rows, query, person)


def late() -> Q:
    """Past its day and not handed in."""
    return Q(due_on__lt=days.today(), state__in=sorted(IN_THEIR_HANDS))


def _taken_part_in(rows: Any, query: Mapping[str, Any], person: User) -> Any:
    members = ThesisMember.objects.current()
    if query.get("mine"):
        rows = rows.of(person)
    if query.get("role"):
        rows = rows.of(person, query["role"])
    if query.get("supervisor"):
        supervised = members.filter(role=MemberRole.SUPERVISOR, user__username=query["supervisor"])
        rows = rows.filter(pk__in=supervised.values("thesis"))
    for word in names.folded(query.get("person") or "").split():
        members = members.filter(user__search_text__contains=word)
    return rows.filter(pk__in=members.values("thesis")) if query.get("person") else rows


def counted(rows: QuerySet[Thesis]) -> int:
    """How many there are, as far as it pays to count: `COUNTED` + 1 for more."""
    return rows.order_by()[: COUNTED + 1].count()


def page(rows: QuerySet[Thesis], *, sort: str, after: UUID | None, size: int) -> tuple[list[int], UUID | None]:
    """The keys of a page, in order, and the public id after which the next one begins; None: this is the last.

    `sort` is a name in `ORDERS`, with a minus before it for the other way round.
    """
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    rows = rows.annotate(order=ORDERS[name])
    if after:
        rows = rows.filter(_beyond(name, after, falling))
    order = ("-order", "-pk") if falling else ("order", "pk")
    found = list(rows.order_by(*order).values_list("pk", "uuid")[: size + 1])
    return [pk for pk, _ in found[:size]], found[size - 1][1] if len(found) > size else None


def _beyond(name: str, after: UUID, falling: bool) -> Q:
    """What comes after the thesis as it stands now; nothing, if it is gone."""
    last = Thesis.objects.filter(uuid=after).annotate(order=ORDERS[name]).values_list("order", "pk").first()
    if last is None:
        return Q(pk__in=())
    way = "lt" if falling else "gt"
    return Q(**{f"order__{way}": last[0]}) | Q(order=last[0], **{f"pk__{way}": last[1]})
