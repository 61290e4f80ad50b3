"""Addresses that people have their notifications sent to, and what became of each."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digi.accounts.fields import NameField

URL_LENGTH = 2000
RESPONSE_LENGTH = 1024  # what is kept of an answer


class OffReason(models.TextChoices):
    """Why nothing is sent."""

    OWNER = "owner", _("by its owner")
    FAILING = "failing", _("its receiver failed for days")
    GONE = "gone", _("its receiver said that it is gone")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def waiting(self, now: datetime) -> Self:
        """Those with something due that no worker is at and that need not rest, the longest unserved first."""
        due = Delivery.objects.filter(webhook=models.OuterRef("pk")).due(now)
        return self.filter(models.Exists(due), claimed_until__lte=now, rests_until__lte=now).order_by("claimed_until")


class Webhook(models.Model):
    """An address to which its owner's notifications are sent as they are written.

    `kinds` names those that are sent; empty is all. `secret` signs them; after a change of it `old_secret` signs, too,
    until `old_until`. Both are sealed. A worker that sends holds `claimed_until` in the future; after a failure nothing
    is sent until `rests_until`. `failing_since` is when the first failure after the last success was.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("owner")
    )
    name = NameField(_("name"), max_length=80, blank=True)
    url = models.CharField(_("address"), max_length=URL_LENGTH)
    kinds = models.JSONField(_("kinds"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)
    off_reason = models.CharField(_("switched off"), max_length=8, choices=OffReason.choices, blank=True)
    secret = models.BinaryField(max_length=255, editable=False)
    old_secret = models.BinaryField(max_length=255, default=bytes, editable=False)
    old_until = models.DateTimeField(null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)
    failures = models.IntegerField(_("failures in a row"), default=0, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    rests_until = models.DateTimeField(default=timezone.now, editable=False)
    claimed_until = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.name or self.uuid)

    def wants(self, kind: str) -> bool:
        """Is this kind sent to it?"""
        return not self.kinds or kind in self.kinds


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    DROPPED = "dropped", _("not needed any more")


class PostedQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=DeliveryState.WAITING, due_at__lte=now)


class Delivery(models.Model):
    """One event on its way to one webhook: a notification, each time it happens, or a ping.

    `body` is what is sent, the same at every attempt; it goes when its owner may no longer read it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    notification = models.ForeignKey("notifications.Notification", models.CASCADE, null=True, related_name="+")
    occurrence = models.IntegerField(default=1)
    kind = models.CharField(_("kind"), max_length=64)
    body = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=9, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    tries = models.IntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = PostedQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("webhook", "notification", "occurrence"),
                condition=Q(notification__isnull=False),
                name="webhook_delivery_once",
            ),
        )
        indexes = (
            models.Index(fields=("webhook", "state", "due_at"), name="webhook_delivery_due"),
            models.Index(fields=("created_at",), name="webhook_delivery_age"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    @property
    def event(self) -> str:
        """What names it to its receiver, the same at every attempt: the header `webhook-id`."""
        return f"msg_{self.uuid.hex}"


class Attempt(models.Model):
    """One request: how it was answered, and how fast. `status` is None where there was no answer, `error` says why."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("time"), default=timezone.now)
    status = models.SmallIntegerField(_("status"), null=True)
    milliseconds = models.IntegerField(_("milliseconds"), default=0)
    error = models.CharField(_("error"), max_length=32, blank=True)
    response = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.status or self.error}"
