"""What the parts of theses' holdings share: rows of a person, and why something stays."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from thesis.models import Thesis

RETENTION = _("What was handed in is kept for the programme’s years, with its history; your name in it is replaced.")
SHARED = _("Others work with it, or have answered it; it stays, under a name that says nothing.")
EXAMINED = _("It belongs to the examination, which is kept for the programme’s years; your name in it is replaced.")
CHAINED = _("The history is chained by hashes, so that it can be checked; it names you by a number that says nothing.")
DECIDED = _("What was decided on it must stay checkable; what you wrote about yourself in it goes.")

Rows = Callable[[User], "QuerySet[Any]"]


def of(model: Any, person: str, *related: str) -> Rows:
    def rows(user: User) -> "QuerySet[Any]":
        found: QuerySet[Any] = model.objects.filter(**{person: user})
        return found.select_related(*related) if related else found

    return rows


def now_open(shown: Any) -> Any:
    """What others can go on changing is shown only of theses that are open to the person now."""

    def some(user: User, rows: Sequence[Any]) -> list[dict[str, Any]]:
        still = open_to(user, rows)
        found: list[dict[str, Any]] = shown(user, [row for row in rows if row.thesis_id in still])
        return found

    return some


def open_to(user: User, rows: Sequence[Any]) -> set[int]:
    asked = {row.thesis_id for row in rows}
    return set(Thesis.objects.worked_on_by(user).filter(pk__in=asked).values_list("pk", flat=True))
