"""Tasks and milestones, the two sorts of rows of a plan: added, changed, ticked, removed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, Stale
from thesis.forms import conflicts, refusals
from thesis.forms.work import MilestoneForm, TaskForm
from thesis.models import Thesis
from thesis.services import plan
from thesis.views.frame import entered
from thesis.views.work.page import milestone_of, page, task_of

FORM = "GET", "HEAD", "POST"


@dataclass(frozen=True, slots=True)
class Sort:
    """What a sort of rows is called, the forms of a new one and of one that is there, and its services."""

    name: str
    blank: Callable[[Thesis, Any], Any]
    filled: Callable[..., Any]
    find: Callable[[Thesis, UUID], Any]
    add: Callable[..., Any]
    change: Callable[..., Any]
    remove: Callable[..., Any]


TASK = Sort(
    name="task",
    blank=lambda thesis, data: TaskForm(data, thesis=thesis),
    filled=TaskForm.of,
    find=task_of,
    add=plan.add_task,
    change=plan.change_task,
    remove=plan.remove_task,
)
MILESTONE = Sort(
    name="milestone",
    blank=lambda _thesis, data: MilestoneForm(data),
    filled=MilestoneForm.of,
    find=milestone_of,
    add=plan.add_milestone,
    change=plan.change_milestone,
    remove=plan.remove_milestone,
)


@never_cache
@login_required
@require_http_methods(FORM)
def add(request: SignedInRequest, thesis_id: UUID, sort: Sort) -> HttpResponse:
    """A new row."""
    thesis, standing = entered(request, thesis_id)
    if request.method != "POST":
        return page(request, thesis, standing, adding=sort.name)

    form = sort.blank(thesis, request.POST)
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            sort.add(thesis=thesis, by=request.user, **values)
        except DigiError as error:
            refusals.show(form, error)
        else:
            return redirect("thesis:work", thesis.uuid)
    return page(request, thesis, standing, adding=sort.name, status=422, **{f"{sort.name}_form": form})


@never_cache
@login_required
@require_http_methods(FORM)
def change(request: SignedInRequest, thesis_id: UUID, row_id: UUID, sort: Sort) -> HttpResponse:
    """A row as a form in its place. Where somebody was faster, theirs is shown beside what was typed."""
    thesis, standing = entered(request, thesis_id)
    row = sort.find(thesis, row_id)
    if request.method != "POST":
        return page(request, thesis, standing, changing=row, change_form=sort.filled(row))

    form, theirs = sort.filled(row, request.POST), None
    if form.is_valid():
        try:
            sort.change(by=request.user, **{sort.name: row}, **form.cleaned_data)
        except Stale as error:
            refusals.show(form, error)
            conflicts.stands_against(form, row)
            theirs = row
        except DigiError as error:
            refusals.show(form, error)
        else:
            return redirect("thesis:work", thesis.uuid)
    return page(request, thesis, standing, changing=row, change_form=form, theirs=theirs, status=422)


@login_required
@require_POST
def tick(request: SignedInRequest, thesis_id: UUID, row_id: UUID, sort: Sort) -> HttpResponse:
    """Say that it is done, or that it is not (`done` empty)."""
    thesis, _standing = entered(request, thesis_id)
    row = sort.find(thesis, row_id)
    sort.change(by=request.user, done=bool(request.POST.get("done")), **{sort.name: row})
    return redirect("thesis:work", thesis.uuid)


@never_cache
@login_required
@require_http_methods(FORM)
def remove(request: SignedInRequest, thesis_id: UUID, row_id: UUID, sort: Sort) -> HttpResponse:
    """Ask, then remove; a milestone's tasks stay."""
    thesis, standing = entered(request, thesis_id)
    row = sort.find(thesis, row_id)
    if request.method != "POST":
        return page(request, thesis, standing, removing=row)

    sort.remove(by=request.user, **{sort.name: row})
    messages.success(request, _("Removed: %(title)s") % {"title": row.title})
    return redirect("thesis:work", thesis.uuid)
