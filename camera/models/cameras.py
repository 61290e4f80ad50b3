"""Cameras."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from camera.capabilities import default as default_capabilities
from camera.capabilities import default_settings
from digi.accounts.fields import NameField

PERSON = settings.AUTH_USER_MODEL

DEFAULT = "default"  # the slug of the camera that /ws/camera/ stands for
SILENCE = timedelta(seconds=12)  # without a sign of its agent a camera counts as offline
ANSWER = timedelta(seconds=5)  # in which an agent acknowledges settings


class Visibility(models.TextChoices):
    GRANTED = "granted", _("Those it was granted to")
    DEPARTMENT = "department", _("Everybody in the department")
    EVERYONE = "everyone", _("Everybody who is signed in")


class CameraQuerySet(models.QuerySet["Camera"]):
    def in_service(self) -> Self:
        return self.filter(retired_at=None)

    def visible_to(self, user: Any) -> Self:
        """Cameras in service that the person may watch."""
        return self.in_service() if user.is_superuser else self.opened_to(user)

    def opened_to(self, user: Any) -> Self:
        """Cameras in service that somebody has opened to the person, whatever else they are."""
        mine = user.affiliations.values("department")
        coordinated = user.affiliations.filter(role="coordinator").values("department")
        return self.in_service().filter(
            Q(visibility=Visibility.EVERYONE)
            | Q(visibility=Visibility.DEPARTMENT, department__in=mine)
            | Q(department__in=coordinated)
            | Q(pk__in=user.camera_grants.values("camera"))
        )


class Camera(models.Model):
    """A camera: what it was asked (`desired`), what its agent says it does (`applied`), and what it can.

    `desired` holds a value for everything that the capabilities know, by the names of camera.proto; `applied` is the
    agent's last word, with `outcomes` by name (`{"outcome": "clamped", "reason": "…"}`) where it fell short.
    `revision` numbers the desired settings, `head` every change of this row, `run` the agents that have published.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = NameField(_("name"), max_length=120)
    department = models.ForeignKey(
        "accounts.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cameras",
        verbose_name=_("department"),
    )
    location = NameField(_("place"), max_length=160, blank=True)
    visibility = models.CharField(
        _("who may watch"), max_length=12, choices=Visibility.choices, default=Visibility.GRANTED
    )
    capabilities = models.JSONField(_("capabilities"), default=default_capabilities, editable=False)
    desired = models.JSONField(_("asked settings"), default=default_settings, editable=False)
    applied = models.JSONField(_("applied settings"), default=dict, editable=False)
    outcomes = models.JSONField(_("outcomes"), default=dict, editable=False)
    revision = models.BigIntegerField(_("revision"), default=1, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, editable=False, related_name="+")
    acked_revision = models.BigIntegerField(_("acknowledged revision"), default=0, editable=False)
    acked_at = models.DateTimeField(_("acknowledged"), null=True, editable=False)
    first_frame_seq = models.BigIntegerField(default=0, editable=False)
    stream_epoch = models.BigIntegerField(default=0, editable=False)
    head = models.BigIntegerField(default=1, editable=False)
    run = models.BigIntegerField(default=0, editable=False)
    online_since = models.DateTimeField(_("online since"), null=True, editable=False)
    seen_at = models.DateTimeField(_("last heard of"), null=True, editable=False)
    offline_since = models.DateTimeField(_("offline since"), null=True, editable=False)
    offline_reason = models.CharField(max_length=40, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, editable=False, related_name="+")
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    objects = CameraQuerySet.as_manager()

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_online(self) -> bool:
        """Does an agent publish, as far as it was heard of?"""
        return self.online_since is not None and self.seen_at is not None and self.seen_at > timezone.now() - SILENCE

    @property
    def is_waiting(self) -> bool:
        """Has the agent still to say what became of the present settings?"""
        return self.acked_revision < self.revision

    @property
    def is_overdue(self) -> bool:
        """Should it have said so by now? That is a time-out, and no success."""
        return self.is_online and self.is_waiting and self.changed_at < timezone.now() - ANSWER
