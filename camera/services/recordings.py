"""Asking for a recording, ending it, and what is kept: the worker writes it (camera.recorder)."""

from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from camera.models import Camera, Recording, Role
from camera.services import taking
from camera.services.access import admit
from camera.services.telling import move
from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict, Invalid, NotFound
from digi.worker import queue

DUTY = "recordings"


def of(*, camera: Camera, by: User) -> QuerySet[Recording]:
    """A camera's recordings, the newest first; everybody who may watch may see them."""
    admit(user=by, camera=camera)
    return (
        Recording.objects.filter(camera=camera).select_related("camera", "started_by").prefetch_related("parts__file")
    )


def find(*, uuid: UUID, by: User) -> Recording:
    """A recording of a camera that the person may watch. Raises `NotFound`."""
    shown = Recording.objects.visible_to(by).select_related("camera", "started_by").prefetch_related("parts__file")
    recording = shown.filter(uuid=uuid).first()
    if recording is None:
        raise NotFound(_("There is no such recording."))
    return recording


def current(*, camera: Camera) -> Recording | None:
    """The recording that has not ended."""
    return Recording.objects.running().filter(camera=camera).first()


def start(*, camera: Camera, by: User, seconds: int | None = None) -> Recording:
    """Have the camera recorded, for so many seconds at most; one that is recorded already goes on as it is.

    Raises `Invalid`, and `Conflict`: `offline` without an agent, `full` where the camera's recordings fill their share.
    """
    admit(user=by, camera=camera, least=Role.OPERATOR)
    most = settings.DIGI_CAMERA_RECORDING_SECONDS
    if seconds is not None and not 1 <= seconds <= most:
        sentence = _("A recording lasts from 1 to %d seconds.") % most
        raise Invalid(sentence, fields={"seconds": sentence})
    if (running := current(camera=camera)) is not None:
        return running

    camera.refresh_from_db()
    if not camera.is_online:
        raise Conflict(_("The camera is offline: there is nothing to record."), code="offline")
    left = settings.DIGI_CAMERA_RECORDING_TOTAL - taking.used(camera.pk)
    if left <= 0:
        raise Conflict(_("The recordings of this camera fill their share; delete some first."), code="full")
    try:
        return _started(camera, by, seconds or most, min(left, settings.DIGI_CAMERA_RECORDING_BYTES))
    except IntegrityError:  # somebody else was faster
        return Recording.objects.running().get(camera=camera)


def stop(*, recording: Recording, by: User) -> Recording:
    """Have a recording end, within a second or two; one that has ended stays as it is."""
    admit(user=by, camera=recording.camera, least=Role.OPERATOR)
    with transaction.atomic():
        asked = Recording.objects.running().filter(pk=recording.pk, stop_asked_at=None)
        if asked.update(stop_asked_at=timezone.now()):
            taking.end_unbegun(recording=recording)
            audit.record(action="camera.recording.stopped", actor=by, target=audit.target_of(recording))
            transaction.on_commit(partial(queue.ask_now, DUTY))
    recording.refresh_from_db()
    return recording


@transaction.atomic
def delete(*, recording: Recording, by: User) -> None:
    """Delete an ended recording with its files. Raises `Conflict` (`running`)."""
    admit(user=by, camera=recording.camera, least=Role.OPERATOR)
    recording.refresh_from_db()
    if recording.ended_at is None:
        raise Conflict(_("Stop the recording first."), code="running")
    taking.discard(recording=recording, by=by)


@transaction.atomic
def _started(camera: Camera, by: User, seconds: int, size: int) -> Recording:
    recording = Recording.objects.create(camera=camera, started_by=by, limit_seconds=seconds, limit_bytes=size)
    move(camera)  # the camera's row before the audit's, as everywhere
    details = {"camera": audit.target_of(camera), "seconds": seconds}
    audit.record(action="camera.recording.started", actor=by, target=audit.target_of(recording), details=details)
    transaction.on_commit(partial(queue.ask_now, DUTY))
    return recording
