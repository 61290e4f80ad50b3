"""Making, changing and retiring cameras, and finding those that somebody may watch."""

import re
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from camera.models import Camera, Role, Visibility
from camera.services.access import admit, find, role_of
from camera.services.telling import move
from digi.accounts.models import Department, User
from digi.accounts.models import Role as Office
from digi.audit import services as audit
from digi.errors import Conflict, Forbidden, Invalid

__all__ = ["admit", "create", "find", "may_create", "rename", "retire", "role_of", "visible_to"]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TAKEN = frozenset({"new"})  # by pages


def visible_to(*, user: User) -> QuerySet[Camera]:
    """Cameras in service that the person may watch, by name."""
    return Camera.objects.visible_to(user).select_related("department")


def may_create(*, user: User, department: Department | None) -> bool:
    """May the person make a camera of this department, or of none? Coordinators of it, and superusers."""
    if user.is_superuser:
        return True
    return department is not None and user.affiliations.filter(department=department, role=Office.COORDINATOR).exists()


@transaction.atomic
def create(
    *,
    by: User | None,
    slug: str,
    name: str,
    department: Department | None = None,
    location: str = "",
    visibility: str = Visibility.GRANTED,
) -> Camera:
    """A new camera, offline until an agent comes with a token. `by` None is the server itself.

    Raises `Forbidden`, `Invalid` with `fields`, and `Conflict` (`camera_exists`) where the short name is taken.
    """
    if by is not None and not may_create(user=by, department=department):
        raise Forbidden(_("Only a department's coordinators make cameras."), code="wrong_role")
    _check(slug=slug, name=name, visibility=visibility)
    if Camera.objects.filter(slug=slug).exists():
        raise Conflict(_("There is a camera of this short name already."), code="camera_exists")

    camera = Camera.objects.create(
        slug=slug, name=name, department=department, location=location, visibility=visibility, created_by=by
    )
    audit.record(action="camera.created", actor=by, target=audit.target_of(camera))
    return camera


@transaction.atomic
def rename(
    *,
    camera: Camera,
    by: User | None,
    name: str | None = None,
    location: str | None = None,
    visibility: str | None = None,
) -> Camera:
    """Change what a camera is called, where it stands and who may watch; what is None stays.

    Whoever may no longer watch is shown out at once.
    """
    admit(user=by, camera=camera, least=Role.ADMIN)
    given: dict[str, Any] = {"name": name, "location": location, "visibility": visibility}
    wanted = {key: value for key, value in given.items() if value is not None and value != getattr(camera, key)}
    _check(**wanted)
    if wanted:
        move(camera, **wanted)
        audit.record(
            action="camera.changed", actor=by, target=audit.target_of(camera), details={"fields": sorted(wanted)}
        )
    return camera


@transaction.atomic
def retire(*, camera: Camera, by: User | None) -> None:
    """Take a camera out of service for good: nobody watches it, and its agent is shown out."""
    admit(user=by, camera=camera, least=Role.ADMIN)
    if move(camera, only={"retired_at": None}, retired_at=timezone.now()):
        audit.record(action="camera.retired", actor=by, target=audit.target_of(camera))


def _check(*, slug: str = "ok", name: str = "ok", location: str = "", visibility: str = Visibility.GRANTED) -> None:
    wrong = {}
    if not _SLUG.fullmatch(slug) or len(slug) > 60 or slug in _TAKEN:
        wrong["slug"] = _("A short name has small letters, digits and hyphens in between, 60 at most.")
    if not name.strip() or len(name) > 120:
        wrong["name"] = _("A camera has a name of 120 letters at most.")
    if len(location) > 160:
        wrong["location"] = _("A place has 160 letters at most.")
    if visibility not in Visibility.values:
        wrong["visibility"] = _("There is no such choice.")
    if wrong:
        raise Invalid(" ".join(wrong.values()), fields=wrong)
