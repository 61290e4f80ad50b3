"""Asking the worker for something, and doing what was asked."""

import logging
import traceback
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog.contextvars import bound_contextvars

from digi.audit import services as audit
from digi.worker import leases, queue
from digi.worker.models import DUTY, Job, JobState
from digi.worker.registry import Task, tasks

log = logging.getLogger(__name__)

PAUSES = (30, 120, 600, 3600)  # seconds before the second try, the third …; the last one repeats


@transaction.atomic
def later(task: Task, *, after: timedelta = timedelta(), **arguments: Any) -> Job:
    """Have the worker run a task, once the present transaction is committed and `after` has passed.

    It runs at least once, whatever crashes; arguments are what JSON holds, and never a message's text.
    """
    job = Job.objects.create(task=task.name, arguments=arguments, due_at=timezone.now() + after)
    if not after:
        transaction.on_commit(partial(queue.wake, "jobs"))
    return job


@transaction.atomic
def again(*, job: Job, by: audit.Actor) -> None:
    """Run a failed job once more, with all its tries."""
    audit.record(action="job.again", actor=by, target=audit.target_of(job), details={"task": job.task})
    if job.task.startswith(DUTY):
        transaction.on_commit(partial(queue.ask_now, job.task.removeprefix(DUTY)))
        return
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, due_at=timezone.now(), tries=0, error="")
    transaction.on_commit(partial(queue.wake, "jobs"))


def run_due() -> None:
    """Run every job that is due."""
    while (job := _claim()) is not None:
        with bound_contextvars(job=str(job.uuid)):  # stands in every log line until it is done
            _run(job)


def _claim() -> Job | None:
    """A due job, now this worker's."""
    now = timezone.now()
    for pk in list(Job.objects.claimable(now).order_by("due_at").values_list("pk", flat=True)[:20]):
        taken = {"state": JobState.RUNNING, "claimed_until": leases.until(), "tries": F("tries") + 1}
        if Job.objects.claimable(now).filter(pk=pk).update(**taken):
            return Job.objects.get(pk=pk)
    return None


def _run(job: Job) -> None:
    task = tasks.get(job.task)
    mine = Job.objects.filter(pk=job.pk)
    if task is None:
        mine.update(state=JobState.FAILED, error=_("This release knows no such task."))
    elif job.tries > task.tries:
        mine.update(state=JobState.FAILED, error=_("The worker ended each time it ran this."))
    else:
        try:
            with leases.kept(partial(_renew, job.pk)):
                task.work(**job.arguments)
        except Exception:
            log.exception("the task %s failed", job.task)
            _put_off(job, task, traceback.format_exc())
        else:
            mine.delete()


def _renew(pk: int, until: datetime) -> None:
    Job.objects.filter(pk=pk, state=JobState.RUNNING).update(claimed_until=until)


def _put_off(job: Job, task: Task, error: str) -> None:
    last = job.tries >= task.tries
    pause = timedelta(seconds=PAUSES[min(job.tries, len(PAUSES)) - 1])
    state = JobState.FAILED if last else JobState.WAITING
    Job.objects.filter(pk=job.pk).update(state=state, error=error, due_at=timezone.now() + pause)
