"""Saved views: a list's filters, order and columns under a name, for the person alone."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import User
from digi.errors import Conflict, Invalid, NotFound
from thesis.models import Column, SavedView
from thesis.services.locking import change as change_row
from thesis.services.locking import lock

AT_MOST = 30  # of one person
LONGEST = 60  # characters of a name
PLAIN = [Column.STATE, Column.DUE, Column.MILESTONES, Column.CHANGED]
FILTERS = frozenset(
    {"q", "state", "stage", "programme", "kind", "role", "person", "due_after", "due_before", "late", "mine", "sort"}
)
FIELDS = frozenset({"name", "query", "columns", "standard"})


def of(user: User) -> "QuerySet[SavedView]":
    """The person's own, in the order of their making."""
    return SavedView.objects.filter(owner=user).order_by("pk")


@transaction.atomic
def save(*, by: User, name: str, query: str = "", columns: Iterable[str] = PLAIN, standard: bool = False) -> SavedView:
    """Keep a new one. Raises `Conflict` for a name that another one has and where there are too many."""
    User.objects.select_for_update().get(pk=by.pk)
    if of(by).count() >= AT_MOST:
        raise Conflict(_("No more views fit; delete one first."), code="full", limit=AT_MOST)
    view = SavedView(owner=by, **_checked({"name": name, "query": query, "columns": columns}))
    _keep_apart(view)
    view.standard = standard
    view.save(force_insert=True)
    if standard:
        _demote_others(view)
    return view


@transaction.atomic
def change(*, view: SavedView, by: User, version: int | None = None, **changes: Any) -> SavedView:
    """Rename it, keep other filters or columns in it, make it the one that comes first, or no longer."""
    User.objects.select_for_update().get(pk=by.pk)
    view = _locked(view, by, version)
    if unknown := set(changes) - FIELDS:
        raise Invalid(_("This cannot be changed here."), code="unknown_field", fields=sorted(unknown))
    kept = _checked(changes)
    if "name" in kept:
        _keep_apart(view, kept["name"])
    change_row(view, kept)
    if view.standard:
        _demote_others(view)
    return view


@transaction.atomic
def delete(*, view: SavedView, by: User, version: int | None = None) -> None:
    _locked(view, by, version).delete()


def _locked(view: SavedView, by: User, version: int | None) -> SavedView:
    if view.owner_id != by.pk:
        raise unknown()
    return lock(view, version)


def unknown() -> NotFound:
    return NotFound(_("There is no such view."))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    kept = dict(values)
    if "name" in kept:
        kept["name"] = names.visible(kept["name"])[:LONGEST]
        if not kept["name"]:
            raise Invalid(_("A view needs a name."), code="name_missing", field="name")
    if "query" in kept:
        known = [(name, value) for name, value in parse_qsl(kept["query"].lstrip("?")) if name in FILTERS]
        kept["query"] = urlencode(known)
        if len(kept["query"]) > 1000:
            raise Invalid(_("These are too many filters."), code="too_many_filters", field="query")
    if "columns" in kept:
        chosen = set(kept["columns"])
        if unknown := chosen - set(Column.values):
            raise Invalid(
                _("There is no such column."), code="unknown_column", field="columns", columns=sorted(unknown)
            )
        kept["columns"] = [column for column in Column.values if column in chosen]
    return kept


def _keep_apart(view: SavedView, name: str = "") -> None:
    if of(view.owner).filter(name=name or view.name).exclude(pk=view.pk).exists():
        raise Conflict(_("Another view of yours has this name."), code="name_taken", field="name")


def _demote_others(view: SavedView) -> None:
    of(view.owner).filter(standard=True).exclude(pk=view.pk).update(standard=False)
