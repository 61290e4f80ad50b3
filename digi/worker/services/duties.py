"""Running a duty; one that fails is kept for the admin until it succeeds."""

import logging
import traceback
from datetime import datetime

from django.utils import timezone

from digi.worker.models import DUTY, Job, JobState
from digi.worker.registry import duties

log = logging.getLogger(__name__)


def run(name: str) -> None:
    """Do what is due. What goes wrong stands in the log and in the admin."""
    duty = duties.get(name)
    if duty is None:
        return
    started = timezone.now()
    try:
        duty.work()
    except Exception:
        log.exception("the duty %s failed", name)
        _failed(name, traceback.format_exc())
    else:
        _succeeded(name, started)


def _failed(name: str, error: str) -> None:
    values = {"state": JobState.FAILED, "error": error, "due_at": timezone.now()}
    Job.objects.update_or_create(task=f"{DUTY}{name}", defaults=values)


def _succeeded(name: str, started: datetime) -> None:
    Job.objects.filter(task=f"{DUTY}{name}", due_at__lt=started).delete()
