"""What leaves the house: one row for each notification, channel and occurrence."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from digi.notifications.models.inboxes import Notification
from digi.notifications.models.wishes import Channel, Timing

PERSON = settings.AUTH_USER_MODEL


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("not needed any more")
    FAILED = "failed", _("failed")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def claimable(self, now: datetime) -> Self:
        """Due, and either nobody's or of a worker that has not been heard of for its lease."""
        waiting = Q(state=DeliveryState.WAITING, due_at__lte=now)
        return self.filter(waiting | Q(state=DeliveryState.CLAIMED, claimed_until__lt=now))


class Delivery(models.Model):
    """A notification on its way by mail, or as part of a digest.

    Whoever sends it claims the row first and settles it afterwards. `claim` names one mail: the rows of a digest
    share it, a retry keeps it, and the mail's Message-ID is made of it.
    """

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    occurrence = models.IntegerField(default=1)
    timing = models.CharField(_("timing"), max_length=8, choices=Timing.choices)
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    due_at = models.DateTimeField(_("due"))
    claim = models.UUIDField(null=True, default=None, editable=False)
    claimed_until = models.DateTimeField(null=True)
    tries = models.IntegerField(_("tries"), default=0)
    error = models.CharField(_("error"), max_length=500, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=("notification", "channel", "occurrence"), name="delivery_once"),)
        indexes = (
            models.Index(fields=("state", "due_at"), name="delivery_due"),
            models.Index(fields=("user", "channel", "state"), name="delivery_of_person"),
            models.Index(fields=("claim",), name="delivery_claim"),
        )

    def __str__(self) -> str:
        return f"{self.notification_id} by {self.channel}"
