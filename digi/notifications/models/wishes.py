"""What people want to hear of, where, and when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Channel(models.TextChoices):
    INBOX = "inbox", _("Inbox")
    MAIL = "mail", _("E-mail")
    BROWSER = "browser", _("Browser")


class Timing(models.TextChoices):
    INSTANT = "instant", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")
    OFF = "off", _("never")


class Level(models.TextChoices):
    ALL = "all", _("Everything")
    PARTICIPATING = "participating", _("What concerns me")
    MENTIONS = "mentions", _("Mentions only")
    MUTE = "mute", _("Nothing")


class Preference(models.Model):
    """How one kind reaches a person by one channel, where that is not the kind's default."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    timing = models.CharField(max_length=8, choices=Timing.choices)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "kind", "channel"), name="preference_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.channel}: {self.timing}"


class Watch(models.Model):
    """How much a person wants to hear about one target; without a row, everything that they are told."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    target = models.CharField(max_length=120)
    level = models.CharField(max_length=16, choices=Level.choices)
    title = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("target", "user"), name="watch_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.target}: {self.level}"


class Mute(models.Model):
    """A reason that a person no longer wants to be told for, about one target; an empty target is all of them."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=64)
    target = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "reason", "target"), name="mute_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.reason} {self.target}"
