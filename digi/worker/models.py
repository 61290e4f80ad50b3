"""What the worker has been asked for and has not done yet."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DUTY = "duty:"  # how the rows of failed duties begin


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    FAILED = "failed", _("failed")


class JobQuerySet(models.QuerySet["Job"]):
    def claimable(self, now: datetime) -> Self:
        """Due, and either nobody's or of a worker that has not been heard of for its lease."""
        waiting = Q(state=JobState.WAITING, due_at__lte=now)
        return self.filter(waiting | Q(state=JobState.RUNNING, claimed_until__lt=now))


class Job(models.Model):
    """One asked-for run of a task; the row goes when it has succeeded.

    It is written in the transaction of what caused it, so that neither is there without the other. While a worker
    runs it, `claimed_until` is moved on; a worker that is killed lets it pass, and another takes the job.
    `task` is a name in the registry, or `duty:` and a duty's name for one that failed.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    task = models.CharField(_("task"), max_length=200)
    arguments = models.JSONField(_("arguments"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=JobState.choices, default=JobState.WAITING)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.IntegerField(_("tries"), default=0)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("state", "due_at"), name="job_due"),)

    def __str__(self) -> str:
        return self.task
