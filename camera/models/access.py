"""Who may do what with a camera: people by grants, agents by tokens."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Role(models.TextChoices):
    """In rising order: each may what those before it may."""

    VIEWER = "viewer", _("Viewer")
    OPERATOR = "operator", _("Operator")
    ADMIN = "admin", _("Administrator")

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class Grant(models.Model):
    """A person's role at a camera; withdrawing it deletes the row, and the audit remembers."""

    camera = models.ForeignKey("Camera", models.CASCADE, related_name="grants")
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="camera_grants")
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.VIEWER)
    granted_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("granted"), auto_now_add=True)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = (models.UniqueConstraint(fields=("camera", "user"), name="camera_grant_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} at {self.camera_id}: {self.role}"


class AgentTokenQuerySet(models.QuerySet["AgentToken"]):
    def valid(self) -> Self:
        """Tokens that open the door of a camera in service."""
        return self.filter(revoked_at=None, camera__retired_at=None)


class AgentToken(models.Model):
    """What an agent shows; only its digest is stored. `hint` is how it begins, for people to tell tokens apart."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    camera = models.ForeignKey("Camera", models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=12)
    created_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = AgentTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent token")
        verbose_name_plural = _("agent tokens")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.hint}…"
