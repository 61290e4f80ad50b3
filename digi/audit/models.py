"""Who did what, when, and from where; each row holds the hash of the one before."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditHead(models.Model):
    """The chain's end: the one row that is locked while an event is added."""

    n = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.n} {self.hash[:8]}"


class AuditEvent(models.Model):
    """One append-only line of the audit. `n` counts without holes; `hash` covers this row and the hash before."""

    n = models.BigIntegerField(_("number"), unique=True, editable=False)
    at = models.DateTimeField(_("time"), editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    action = models.CharField(_("action"), max_length=64, db_index=True, editable=False)
    target = models.CharField(_("target"), max_length=200, blank=True, editable=False)
    address = models.CharField(_("address"), max_length=64, blank=True, editable=False)
    request_id = models.CharField(_("request"), max_length=40, blank=True, editable=False)
    details = models.JSONField(_("details"), default=dict, editable=False)
    hash = models.CharField(_("hash"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit")
        ordering = ("-n",)

    def __str__(self) -> str:
        return f"{self.n} {self.action}"
