"""Optimistic locking: every row that people edit counts its changes in `version`."""

from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from digi.errors import Stale

Row = TypeVar("Row", bound=models.Model)


def lock(row: Row, version: int | None = None) -> Row:
    """The row as it stands now, kept from others until the transaction ends.

    Raises `Stale` where the caller has seen another version than this.
    """
    found: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if version is not None and found.version != version:
        raise Stale(_("Somebody has changed this meanwhile. Look at it again, please."), version=found.version)
    return found  # type: ignore[no-any-return]


def keep(row: Any, *fields: str) -> None:
    """Save these fields as the row's next version, and when it was, where the row says so by itself."""
    row.version += 1
    stamps = [field.name for field in row._meta.fields if field.name == "changed_at" and field.auto_now]
    row.save(update_fields={*fields, *stamps, "version"})


def change(row: Any, changes: dict[str, Any]) -> list[str]:
    """Set what differs and keep it; the names of the fields that were changed."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    if changed:
        keep(row, *changed)
    return changed
