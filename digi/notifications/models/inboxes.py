"""An inbox and the notifications in it; numbers run per person."""

import uuid
from datetime import datetime, time
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL
MORNING = 7  # the hour of digests, unless a person says otherwise
MONDAY = 0


class Inbox(models.Model):
    """A person's inbox, and when they may be disturbed. It is the row that is locked while something changes in it.

    `head` is the number of the last change, `born` that of the newest notification. Quiet hours and the digest's hour
    are in the person's own zone; quiet hours that end before they begin go over midnight.
    """

    user = models.OneToOneField(PERSON, models.CASCADE, related_name="+")
    head = models.BigIntegerField(default=0, editable=False)
    born = models.BigIntegerField(default=0, editable=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest_hour = models.SmallIntegerField(_("hour of digests"), default=MORNING)
    digest_weekday = models.SmallIntegerField(_("weekday of weekly digests"), default=MONDAY)

    def __str__(self) -> str:
        return f"inbox of {self.user_id}"

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        return self.quiet_from, self.quiet_until


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: Any) -> Self:
        """What stands in the person's inbox, now or later."""
        return self.filter(user=user, listed=True)

    def shown(self) -> Self:
        """Neither done nor put off."""
        return self.filter(done_at=None, wakes_at=None)

    def unread(self) -> Self:
        return self.shown().filter(read_at=None)

    def about(self, target: str) -> Self:
        return self.filter(Q(target=target) | Q(subject=target))

    def waking(self, now: datetime) -> Self:
        """Put off until a moment that has come."""
        return self.filter(wakes_at__lte=now)


class Notification(models.Model):
    """Something that a person is told: once, or as often as it happens while they have not read it.

    `number` counts the person's notifications from 1 and names this one outside; `changed` is the number of its last
    change, which clients catch up by, `born` that of its first, and `latest` that of the last time it happened, which
    orders the inbox. What it says is made of `kind`, `facts` and `people` when it is read, in the reader's language;
    it never holds what a message or a comment says. `target` is what it is about: watch levels hang on that;
    `subject`, what must be readable to be told, is the target or a part of it. `people` are the ids of who caused it,
    the latest first. `listed` is off where the person wants it by other ways only, and for what was `revoked`: of
    that, nothing but the numbers is left.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField()
    changed = models.BigIntegerField()
    born = models.BigIntegerField()
    latest = models.BigIntegerField()
    kind = models.CharField(max_length=64)
    reason = models.CharField(max_length=64)
    actor = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+", db_index=False)
    people = models.JSONField(default=list)
    count = models.IntegerField(default=1)
    target = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=500)
    facts = models.JSONField(default=dict)
    group = models.CharField(max_length=160, blank=True)
    listed = models.BooleanField(default=True)
    revoked = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    wakes_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = (models.UniqueConstraint(fields=("user", "number"), name="notification_number_once"),)
        indexes = (
            models.Index(fields=("user", "changed"), name="notification_changed"),
            models.Index(fields=("user", "read_at", "group"), name="notification_unread"),
            models.Index(fields=("user", "latest"), name="notification_latest"),
            models.Index(fields=("target",), name="notification_target"),
            models.Index(fields=("wakes_at",), name="notification_wakes"),
        )

    def __str__(self) -> str:
        return f"{self.user_id}#{self.number} {self.kind}"


class Occurrence(models.Model):
    """One thing that happened, told to one person. `key` makes sure that they are told of it once."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="occurrences")
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=160, null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key", "user"), condition=Q(key__isnull=False), name="occurrence_key_once"),
        )

    def __str__(self) -> str:
        return f"{self.notification_id} {self.key or ''}"
