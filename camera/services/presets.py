"""Settings kept under a name."""

from django.db import transaction
from django.utils.translation import gettext as _

from camera import capabilities
from camera.models import Camera, Origin, Preset, Role
from camera.services import settings
from camera.services.access import admit
from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Invalid

AT_MOST = 50  # of one camera


@transaction.atomic
def save(*, camera: Camera, by: User | None, name: str) -> Preset:
    """Keep the present settings under a name, in place of what was kept under it."""
    admit(user=by, camera=camera, least=Role.OPERATOR)
    name = name.strip()
    if not name or len(name) > 60:
        raise Invalid(_("A preset has a name of 60 letters at most."), fields={"name": _("This is not a name.")})
    others = Preset.objects.filter(camera=camera).exclude(name=name)
    if others.count() >= AT_MOST:
        raise Invalid(_("A camera has 50 presets at most."), code="too_many")

    camera.refresh_from_db()
    kept = {"settings": camera.desired, "created_by": by}
    preset, _created = Preset.objects.update_or_create(camera=camera, name=name, defaults=kept)
    audit.record(action="camera.preset.saved", actor=by, target=audit.target_of(camera))
    return preset


def apply(*, preset: Preset, by: User | None, if_revision: int | None = None) -> Camera:
    """Set what was kept, as far as the camera still knows it. Raises as `settings.change` does."""
    able = capabilities.settable(preset.camera.capabilities)
    patch = {name: value for name, value in preset.settings.items() if name in able}
    return settings.change(camera=preset.camera, by=by, patch=patch, if_revision=if_revision, origin=Origin.PRESET)


@transaction.atomic
def delete(*, preset: Preset, by: User | None) -> None:
    admit(user=by, camera=preset.camera, least=Role.OPERATOR)
    audit.record(action="camera.preset.deleted", actor=by, target=audit.target_of(preset.camera))
    preset.delete()
