"""What was recorded, in parts that each play by themselves."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from camera.models.cameras import Camera
from digi.files import carriers

PERSON = settings.AUTH_USER_MODEL
PATIENCE = timedelta(seconds=15)  # in which a running worker has taken up what was asked of it


class RecordingState(models.TextChoices):
    WAITING = "waiting", _("waiting for the worker")
    RECORDING = "recording", _("recording")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Trouble(models.TextChoices):
    """Why a recording ended before its time, or holds less than was asked for."""

    NO_PICTURE = "no_picture", _("No picture came.")
    NO_H264 = "no_h264", _("This camera sends no H.264, and nothing else is recorded.")
    DISK = "disk", _("The disk took no more.")
    FULL = "full", _("The recording reached its limit of bytes.")
    RETIRED = "retired", _("The camera was retired.")
    LOST = "lost", _("The worker ended again and again.")


class RecordingQuerySet(models.QuerySet["Recording"]):
    def visible_to(self, user: Any) -> Self:
        """Those of cameras that the person may watch."""
        return self.filter(camera__in=Camera.objects.visible_to(user))

    def running(self) -> Self:
        """Asked for, and not ended."""
        return self.filter(ended_at=None)

    def claimable(self, now: datetime) -> Self:
        """Running, and either nobody's or of a worker that has not been heard of for its lease."""
        return self.running().filter(Q(claimed_until=None) | Q(claimed_until__lt=now))


class Recording(models.Model):
    """A stretch of a camera's video. A camera has at most one that has not ended.

    While a worker records, `claim` is its word for this and `claimed_until` is moved on; a worker that is killed lets
    it pass, and another goes on with a new part. `bytes` and `seconds` are of what is written, all parts together.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    camera = models.ForeignKey(Camera, models.CASCADE, related_name="recordings")
    started_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=RecordingState.choices, default=RecordingState.WAITING)
    limit_seconds = models.IntegerField(_("seconds at most"))
    limit_bytes = models.BigIntegerField(_("bytes at most"))
    bytes = models.BigIntegerField(_("size in bytes"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    error = models.CharField(_("trouble"), max_length=16, choices=Trouble.choices, blank=True)
    tries = models.IntegerField(default=0)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ("-started_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("camera",), condition=Q(ended_at__isnull=True), name="camera_recorded_once"
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_overdue(self) -> bool:
        """Should a worker have taken it up by now? Then probably none runs."""
        return self.state == RecordingState.WAITING and self.started_at < timezone.now() - PATIENCE

    @property
    def folder(self) -> Path:
        """Where parts lie while they are written: a folder of the worker's machine."""
        return carriers.current().spool / "recordings" / self.uuid.hex


class RecordingPart(models.Model):
    """A file of a recording; a new one begins where the size of the picture changes. `file` comes when it is whole."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="parts")
    n = models.IntegerField(_("number"))
    file = models.OneToOneField("files.StoredFile", models.PROTECT, null=True, related_name="+")
    width = models.IntegerField(_("width"))
    height = models.IntegerField(_("height"))
    seconds = models.FloatField(_("seconds"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)

    class Meta:
        verbose_name = _("part of a recording")
        verbose_name_plural = _("parts of recordings")
        ordering = ("n",)
        constraints = (models.UniqueConstraint(fields=("recording", "n"), name="camera_part_once"),)

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.n}"

    @property
    def draft(self) -> Path:
        """Where it lies until it is whole."""
        return self.recording.folder / f"{self.n}.mp4"
