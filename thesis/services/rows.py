"""Theses as lists show them: a fixed number of queries, however many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from digi.accounts.models import User
from thesis import days
from thesis.models import MemberRole, Milestone, Thesis, ThesisMember
from thesis.models.people import EXAMINING, SUPERVISING
from thesis.services import signals


@dataclass(frozen=True, slots=True)
class Row:
    """A thesis, its people by part, its milestones in order and what stands out."""

    thesis: Thesis
    students: list[User]
    supervisors: list[User]
    examiners: list[User]
    milestones: list[Milestone]
    signals: list[str]

    @property
    def done(self) -> int:
        return sum(1 for milestone in self.milestones if milestone.done_at)


def of(keys: Sequence[int]) -> list[Row]:
    """The theses of these keys, in their order."""
    current = ThesisMember.objects.current().select_related("user__avatar").order_by("pk")
    planned = Milestone.objects.only("thesis_id", "title", "due_on", "done_at").order_by("due_on", "pk")
    members = Prefetch("members", queryset=current, to_attr="people")
    milestones = Prefetch("milestones", queryset=planned, to_attr="plan")
    theses = Thesis.objects.select_related("programme").defer("abstract").prefetch_related(members, milestones)
    found = theses.in_bulk(keys)
    return [_row(found[key]) for key in keys if key in found]


def _row(thesis: Any) -> Row:
    return Row(
        thesis=thesis,
        students=_people(thesis.people, (MemberRole.STUDENT,)),
        supervisors=_people(thesis.people, SUPERVISING),
        examiners=_people(thesis.people, EXAMINING),
        milestones=thesis.plan,
        signals=signals.of(thesis, thesis.plan, days.today()),
    )


def _people(members: Iterable[ThesisMember], roles: Iterable[str]) -> list[User]:
    return list({member.user_id: member.user for member in members if member.role in roles}.values())
