"""The page of tasks and milestones, as it stands and with a form open in it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.requests import SignedInRequest
from digi.errors import NotFound
from thesis import days
from thesis.forms.work import MilestoneForm, TaskForm
from thesis.models import Milestone, Task, Thesis
from thesis.services import discussion, plan
from thesis.services.access import Standing
from thesis.states import Part, State
from thesis.views.frame import entered, framed
from thesis.views.work import gantt

CLOSED = (State.ARCHIVED, State.WITHDRAWN)
SHOWN = ("assignee__avatar", "created_by", "milestone", "meeting", "comment__thread", "comment__author")


@never_cache
@login_required
@require_safe
def work(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """What is to be done, by whom and until when."""
    thesis, standing = entered(request, thesis_id)
    return page(request, thesis, standing)


def page(
    request: SignedInRequest, thesis: Thesis, standing: Standing, *, status: int = 200, **opened: Any
) -> HttpResponse:
    """`opened` are forms in hand, by the names that the template knows, and the row that is asked about."""
    frame = framed(request, thesis, standing)
    tasks = list(thesis.tasks.select_related(*SHOWN).order_by("due_on", "pk"))
    milestones = sorted(thesis.milestones.all(), key=_by_day)
    is_open = thesis.state not in CLOSED
    context = {
        "today": timezone.localdate(),
        "open_tasks": sorted((task for task in tasks if task.done_at is None), key=_by_day),
        "done_tasks": sorted((task for task in tasks if task.done_at), key=_by_end, reverse=True),
        "readable": {task.pk for task in tasks if task.comment and discussion.reads(task.comment.thread, standing)},
        "milestones": milestones,
        "chart": gantt.drawn(thesis, milestones, days.today()),
        "works": is_open and standing.may(*plan.PLANNERS, Part.EXAMINER),
        "plans": is_open and standing.may(*plan.PLANNERS),
        "supervises": standing.may(Part.SUPERVISOR),
        "closed": not is_open,
        "task_form": TaskForm(thesis=thesis),
        "milestone_form": MilestoneForm(),
    }
    return render(request, "thesis/work/page.html", frame | context | opened, status=status)


def task_of(thesis: Thesis, task_id: UUID) -> Task:
    task = Task.objects.select_related("thesis", *SHOWN).filter(thesis=thesis, uuid=task_id).first()
    if task is None:
        raise NotFound(_("There is no such task."))
    return task


def milestone_of(thesis: Thesis, milestone_id: UUID) -> Milestone:
    milestone = Milestone.objects.select_related("thesis").filter(thesis=thesis, uuid=milestone_id).first()
    if milestone is None:
        raise NotFound(_("There is no such milestone."))
    return milestone


def _by_day(row: Any) -> tuple[bool, Any, int]:
    """The nearest first, those without a day last."""
    return row.due_on is None, row.due_on or 0, row.pk


def _by_end(task: Task) -> datetime:
    return task.done_at or task.created_at
