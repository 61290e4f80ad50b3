"""A coordinator's departments in numbers that lead into the list of theses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from thesis.services.dashboard import Office
from thesis.states import ACTIVE, State


@dataclass(frozen=True, slots=True)
class Shown:
    """`states` are those in which there is a thesis, in the order of a thesis's life, with how many."""

    name: str
    slug: str
    total: int
    states: list[tuple[State, int]]
    overdue: int


def of(departments: Iterable[Office]) -> Iterator[Any]:
    for office in departments:
        known = [(state, office.states[state]) for state in State if state in ACTIVE and office.states.get(state)]
        department = office.department
        yield Shown(department.name, department.slug, sum(count for _, count in known), known, office.overdue)
