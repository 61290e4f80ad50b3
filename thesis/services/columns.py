"""A board of theses: a column for each state, with the first few of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from thesis.models import Thesis
from thesis.services import rows
from thesis.services.listing import ORDERS
from thesis.services.rows import Row
from thesis.states import State

FIRST = 8  # cards of each column


@dataclass(frozen=True, slots=True)
class Column:
    state: State
    count: int
    cards: list[Row]

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


def of(found: QuerySet[Thesis], states: Iterable[State], *, sort: str) -> list[Column]:
    """A column for each of the states; a fixed number of queries, and one that counts."""
    counts = dict(found.order_by().values_list("state").annotate(theses=Count("pk")))
    order = [F("order").desc() if sort.startswith("-") else F("order").asc(), F("pk").asc()]
    placed = found.annotate(order=ORDERS[sort.removeprefix("-")]).annotate(
        place=Window(RowNumber(), partition_by=[F("state")], order_by=order)
    )
    first = placed.filter(place__lte=FIRST).order_by("state", "place").values_list("pk", flat=True)
    cards = rows.of(list(first))
    return [
        Column(state, counts.get(state, 0), [card for card in cards if card.thesis.state == state]) for state in states
    ]
