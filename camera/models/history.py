"""What settings were, and sets of them kept under a name."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from digi.accounts.fields import NameField

PERSON = settings.AUTH_USER_MODEL


class Origin(models.TextChoices):
    FORM = "form", _("Page")
    SOCKET = "socket", _("Live control")
    API = "api", _("API")
    PRESET = "preset", _("Preset")
    UNDO = "undo", _("Undone")
    RESET = "reset", _("Reset")


class Change(models.Model):
    """One change of the desired settings: those that changed, by name, as they were and as they became."""

    camera = models.ForeignKey("Camera", models.CASCADE, related_name="changes")
    revision = models.BigIntegerField(_("revision"))
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    origin = models.CharField(_("by way of"), max_length=8, choices=Origin.choices)
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of settings")
        verbose_name_plural = _("changes of settings")
        ordering = ("-revision",)
        constraints = (models.UniqueConstraint(fields=("camera", "revision"), name="camera_change_once"),)

    def __str__(self) -> str:
        return f"{self.camera_id} at {self.revision}"


class Preset(models.Model):
    """Settings of a camera under a name."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    camera = models.ForeignKey("Camera", models.CASCADE, related_name="presets")
    name = NameField(_("name"), max_length=60)
    settings = models.JSONField(_("settings"))
    created_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("preset")
        verbose_name_plural = _("presets")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("camera", "name"), name="camera_preset_once"),)

    def __str__(self) -> str:
        return str(self.name)
