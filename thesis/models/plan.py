"""The plan of a thesis: milestones, tasks, meetings, and more time where it was granted."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from digi.accounts.fields import NameField

PERSON = settings.AUTH_USER_MODEL


class Milestone(models.Model):
    """`weight` says how much of the whole it is, against its neighbours."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="milestones")
    title = NameField(_("title"), max_length=200)
    due_on = models.DateField(_("due"), null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")

    def __str__(self) -> str:
        return str(self.title)


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class Meeting(models.Model):
    """Its action items are tasks that point back at it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField(_("start"))
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), default=60)
    place = models.CharField(_("place"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=MeetingState.choices, default=MeetingState.PLANNED)
    agenda = models.TextField(_("agenda"), blank=True)
    minutes = models.TextField(_("minutes of the meeting"), blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Task(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="tasks")
    title = NameField(_("title"), max_length=200)
    note = models.TextField(_("note"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    assignee = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="thesis_tasks")
    milestone = models.ForeignKey(Milestone, models.SET_NULL, null=True, blank=True, related_name="tasks")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="action_items")
    comment = models.ForeignKey("thesis.Comment", models.PROTECT, null=True, blank=True, related_name="tasks")
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")

    def __str__(self) -> str:
        return str(self.title)


class ExtensionState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class Extension(models.Model):
    """More time: asked for by a student with a reason, granted or refused by who supervises."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="extensions")
    due_before = models.DateField(_("due until then"))
    due_on = models.DateField(_("new date"))
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=8, choices=ExtensionState.choices, default=ExtensionState.ASKED)
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")

    def __str__(self) -> str:
        return f"{self.due_before} → {self.due_on}"
