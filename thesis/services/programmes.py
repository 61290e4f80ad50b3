"""Programmes: made and changed by the coordinators of their department."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from digi.accounts.models import Department, User
from digi.audit import services as audit
from digi.errors import Conflict, Forbidden
from thesis.models import Programme
from thesis.services import access
from thesis.services.locking import change as change_row
from thesis.services.locking import lock
from thesis.states import Part


@transaction.atomic
def create(*, department: Department, name: str, by: User, **settings: Any) -> Programme:
    """`settings` are the programme's columns, such as `defence_required`."""
    _needs_coordinator(department, by)
    if Programme.objects.filter(department=department, name=name).exists():
        raise Conflict(_("There is a programme of this name already."), code="programme_exists")

    programme = Programme.objects.create(department=department, name=name, **settings)
    audit.record(action="programme.created", actor=by, target=audit.target_of(programme))
    return programme


@transaction.atomic
def change(*, programme: Programme, by: User, version: int | None = None, **changes: Any) -> Programme:
    """What a programme asks for counts at once, for the theses in it too."""
    programme = lock(programme, version)
    _needs_coordinator(programme.department, by)
    same = Programme.objects.filter(department=programme.department, name=changes.get("name", programme.name))
    if same.exclude(pk=programme.pk).exists():
        raise Conflict(_("There is a programme of this name already."), code="programme_exists")

    changed = change_row(programme, changes)
    if changed:
        details = {"changed": sorted(changed)}
        audit.record(action="programme.changed", actor=by, target=audit.target_of(programme), details=details)
    return programme


def _needs_coordinator(department: Department, by: User) -> None:
    if not access.coordinates(by, department):
        raise Forbidden(access.only((Part.COORDINATOR,)), code="wrong_role")
