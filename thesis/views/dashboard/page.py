"""What waits for a person, what comes, and what happened lately."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from digi.accounts.models import Role, User
from digi.accounts.requests import SignedInRequest
from digi.errors import NotFound
from thesis.models import Task
from thesis.services import dashboard as boards
from thesis.services import lately, plan
from thesis.services.dashboard import Dashboard
from thesis.views.dashboard import agenda, feed, offices, others, todo

SHORT = 8  # rows of a list before the rest is folded away


@never_cache
@login_required
@require_safe
def dashboard(request: SignedInRequest) -> HttpResponse:
    """By the roles that the person has now; `?out` says that their access to a thesis has ended."""
    board = boards.of(request.user)
    roles = set(request.user.affiliations.values_list("role", flat=True))
    waiting = list(others.of((*board.theses, *board.applications)))
    context = {
        "today": timezone.localdate(),
        "out": "out" in request.GET,
        "board": board,
        "todo": todo.of(board),
        "finished": lately.finished(request.user),
        "others": waiting[:SHORT],
        "more_others": waiting[SHORT:],
        "days": agenda.by_day(board.dates),
        "offices": offices.of(board.departments),
        "news": feed.of(request.user),
        "leads": bool(roles & {Role.SUPERVISOR, Role.COORDINATOR}),
        "empty": _empty(request.user, roles, board),
    }
    return render(request, "thesis/dashboard/page.html", context)


@login_required
@require_POST
def tick(request: SignedInRequest, task_id: UUID) -> HttpResponse:
    """Say of a task of one's own that it is done, or that it is not (`done` empty)."""
    task = Task.objects.filter(uuid=task_id, assignee=request.user).select_related("thesis").first()
    if task is None:
        raise NotFound(_("There is no such task."))
    plan.change_task(task=task, by=request.user, done=bool(request.POST.get("done")))
    return redirect("thesis:dashboard")


def _empty(user: User, roles: set[str], board: Dashboard) -> str:
    """For whom the page says what will stand here; empty where something does."""
    shown: tuple[Any, ...] = (board.theses, board.applications, board.tasks, board.departments, board.dates)
    if any(shown):
        return ""
    known = (Role.STUDENT, Role.SUPERVISOR, Role.EXAMINER)
    return next((str(role) for role in known if role in roles), "nobody")
