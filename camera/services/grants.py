"""Giving people a role at a camera, and taking it away."""

from django.db import transaction
from django.utils.translation import gettext as _

from camera.events import StandingChanged, camera_topic
from camera.models import Camera, Grant, Role
from camera.services.access import admit, role_of
from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Invalid, NotFound
from digi.realtime import codes
from digi.realtime.publish import close_sockets, publish, user_topic


@transaction.atomic
def give(*, camera: Camera, by: User | None, user: User, role: str) -> Grant:
    """Give a person a role, in place of the one that was granted before."""
    admit(user=by, camera=camera, least=Role.ADMIN)
    if role not in Role.values:
        raise Invalid(_("There is no such role."), code="unknown_role", fields={"role": _("There is no such role.")})
    if not user.is_active or user.anonymised_at is not None:
        raise NotFound(_("There is nobody of this name."), code="unknown_person")

    grant, created = Grant.objects.get_or_create(camera=camera, user=user, defaults={"role": role, "granted_by": by})
    if not created and grant.role != role:
        grant.role, grant.granted_by, created = role, by, True
        grant.save(update_fields=["role", "granted_by"])
    if created:
        _record("camera.granted", grant, by)
        _tell(camera, user)
    return grant


@transaction.atomic
def withdraw(*, grant: Grant, by: User | None) -> None:
    """Take a role away. Whoever may no longer watch loses their sockets of this camera at once."""
    admit(user=by, camera=grant.camera, least=Role.ADMIN)
    _record("camera.withdrawn", grant, by)
    grant.delete()
    _tell(grant.camera, grant.user)


def _tell(camera: Camera, user: User) -> None:
    if role_of(user=user, camera=camera) is None:
        close_sockets(user_id=user.pk, within=camera_topic(camera.pk), code=codes.FORBIDDEN)
    else:
        publish(StandingChanged(topic=user_topic(user.pk), camera_id=camera.pk))


def _record(action: str, grant: Grant, by: User | None) -> None:
    details = {"person": audit.target_of(grant.user), "role": str(grant.role)}
    audit.record(action=action, actor=by, target=audit.target_of(grant.camera), details=details)
