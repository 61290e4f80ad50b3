"""The settings of a camera: the one way by which form, socket and API change them, and what the agent made of it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from camera import capabilities
from camera.models import Camera, Change, Origin, Role
from camera.services.access import admit
from camera.services.telling import move
from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict, NotFound

ATTEMPTS = 5  # at a change that asks for no revision, while others change the same camera


@transaction.atomic
def change(
    *,
    camera: Camera,
    by: User | None,
    patch: Mapping[str, Any],
    if_revision: int | None = None,
    origin: Origin | str = Origin.API,
) -> Camera:
    """Lay a patch over the desired settings, by the names of camera.proto; what is as it was changes nothing.

    Raises `Invalid` with `fields`, a sentence for each name that is wrong; `Conflict` where the settings are no
    longer at `if_revision`, with `fields` (what others have set since), `current` (all settings) and `revision`;
    `Forbidden` to viewers and `NotFound` to outsiders. Viewers and the agent are told after the commit.
    """
    admit(user=by, camera=camera, least=Role.OPERATOR)
    for _attempt in range(ATTEMPTS):
        camera.refresh_from_db()
        if if_revision is not None and if_revision != camera.revision:
            raise conflict(camera, patch, if_revision)
        fit = capabilities.checked(patch, camera.capabilities, camera.desired)
        after = {name: value for name, value in fit.items() if camera.desired.get(name) != value}
        if not after or _written(camera, after, by, Origin(origin)):
            return camera
    raise conflict(camera, patch, camera.revision)


def reset(*, camera: Camera, by: User | None, if_revision: int | None = None) -> Camera:
    """Everything back to the defaults of its capabilities. Raises as `change` does."""
    patch = capabilities.defaults(camera.capabilities)
    return change(camera=camera, by=by, patch=patch, if_revision=if_revision, origin=Origin.RESET)


def undo(*, camera: Camera, by: User | None, revision: int, if_revision: int | None = None) -> Camera:
    """Set what that change has changed to what it was before, as a change of its own. Raises as `change` does."""
    admit(user=by, camera=camera, least=Role.OPERATOR)
    done = Change.objects.filter(camera=camera, revision=revision).first()
    if done is None:
        raise NotFound(_("There is no such change."))
    able = capabilities.settable(camera.capabilities)
    patch = {name: value for name, value in done.before.items() if name in able and value is not None}
    return change(camera=camera, by=by, patch=patch, if_revision=if_revision, origin=Origin.UNDO)


@transaction.atomic
def acknowledge(
    *,
    camera: Camera,
    revision: int,
    applied: Mapping[str, Any],
    outcomes: Mapping[str, Mapping[str, str]],
    first_frame_seq: int = 0,
    stream_epoch: int = 0,
) -> bool:
    """Keep what the agent says it does now, apart from what was asked; False for an answer to what never was asked.

    `outcomes` tells by name how each setting fared: `{"outcome": "clamped", "reason": "…"}`.
    """
    camera.refresh_from_db()
    if not camera.acked_revision <= revision <= camera.revision:
        return False
    return move(
        camera,
        acked_revision=revision,
        acked_at=timezone.now(),
        applied=dict(applied),
        outcomes={name: dict(one) for name, one in outcomes.items()},
        first_frame_seq=first_frame_seq,
        stream_epoch=stream_epoch,
    )


def conflict(camera: Camera, patch: Mapping[str, Any], if_revision: int) -> Conflict:
    """What somebody is told who started from another revision than the present one."""
    since = Change.objects.filter(camera=camera, revision__gt=if_revision).values_list("after", flat=True)
    theirs = {name for after in since for name in after} or set(patch)
    return Conflict(
        _("Somebody else has changed the settings meanwhile."),
        fields={name: camera.desired[name] for name in sorted(theirs) if name in camera.desired},
        current=dict(camera.desired),
        revision=camera.revision,
    )


def _written(camera: Camera, after: dict[str, Any], by: User | None, origin: Origin) -> bool:
    """Write the change, if the camera is as it was read: an agent may report what more it can do, too."""
    before = {name: camera.desired.get(name) for name in after}
    revision = camera.revision
    values = {"desired": camera.desired | after, "revision": revision + 1, "changed_at": timezone.now()}
    if not move(camera, only={"head": camera.head}, **values, changed_by=by):
        return False
    Change.objects.create(camera=camera, revision=revision + 1, before=before, after=after, by=by, origin=origin)
    details = {"revision": revision + 1, "fields": sorted(after), "origin": origin.value}
    audit.record(action="camera.set", actor=by, target=audit.target_of(camera), details=details)
    return True
