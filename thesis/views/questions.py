"""What is asked before something is done with a comment or a talk: a page, or a dialog over the discussion."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import markdown
from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest
from digi.errors import Conflict, Forbidden, Invalid
from thesis.forms.discussion import RequestForm, TaskForm
from thesis.forms.refusals import show
from thesis.models import Thesis, Thread, ThreadVisibility
from thesis.services import discussion, plan, readers, requests
from thesis.services.access import Standing
from thesis.services.plan import PLANNERS
from thesis.states import Part
from thesis.views.discussion import comment_of, here, thread_of
from thesis.views.frame import entered, framed

asked = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@login_required
@asked
def widen(request: SignedInRequest, thesis_id: UUID, thread_id: UUID, to: str) -> HttpResponse:
    """Let more people read a talk. The question names those who will be told."""
    thesis, standing = entered(request, thesis_id)
    talk = thread_of(thesis, thread_id, request.user)
    if not standing.is_staff:
        raise Forbidden(_("Only supervisors and examiners decide who reads this."))
    if to not in discussion.WIDER.get(ThreadVisibility(talk.visibility), ()):
        raise Conflict(_("What people have read cannot be hidden from them."), code="not_wider")
    if request.method == "POST":
        discussion.widen(thread=talk, to=to, by=request.user)
        return redirect(here(request, thesis))

    facts = {"readers": ThreadVisibility(to).label, "told": _newly(thesis, talk, to, request.user)}
    return _ask(request, thesis, standing, "widen", facts)


@never_cache
@login_required
@asked
def delete(request: SignedInRequest, thesis_id: UUID, comment_id: UUID) -> HttpResponse:
    """Take back one's own words."""
    thesis, standing = entered(request, thesis_id)
    found = comment_of(thesis, comment_id, request.user)
    if found.author_id != request.user.pk:
        raise Forbidden(_("Only who wrote it may change it."))
    if request.method == "POST":
        discussion.delete(comment=found, by=request.user)
        return redirect(here(request, thesis, found))
    return _ask(request, thesis, standing, "delete", {"excerpt": markdown.excerpt(found.body)})


@never_cache
@login_required
@asked
def task(request: SignedInRequest, thesis_id: UUID, comment_id: UUID) -> HttpResponse:
    """Make a task of a comment."""
    thesis, standing = entered(request, thesis_id, *PLANNERS, Part.EXAMINER)
    found = comment_of(thesis, comment_id, request.user)
    posted = request.POST if request.method == "POST" else None
    open_to_all = found.thread.visibility == ThreadVisibility.ALL  # tasks are: words that are not stay out of them
    title = markdown.excerpt(found.body, 120) if open_to_all else ""
    form = TaskForm(posted, thesis=thesis, initial={"title": title})
    if posted is not None and form.is_valid():
        try:
            plan.add_task(thesis=thesis, by=request.user, comment=found, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            messages.success(request, _("The task is made."))
            return redirect(here(request, thesis, found))
    return _ask(request, thesis, standing, "task", {"form": form, "excerpt": markdown.excerpt(found.body)})


@never_cache
@login_required
@asked
def change(request: SignedInRequest, thesis_id: UUID, comment_id: UUID) -> HttpResponse:
    """Make a change request of a comment, blocking or not."""
    thesis, standing = entered(request, thesis_id, Part.SUPERVISOR, Part.EXAMINER)
    found = comment_of(thesis, comment_id, request.user)
    posted = request.POST if request.method == "POST" else None
    form = RequestForm(posted)
    if posted is not None and form.is_valid():
        try:
            requests.ask(comment=found, by=request.user, blocking=form.cleaned_data["blocking"])
        except Conflict as error:
            show(form, error)
        else:
            return redirect(here(request, thesis, found))
    unseen = found.thread.visibility != ThreadVisibility.ALL
    return _ask(
        request, thesis, standing, "change", {"form": form, "excerpt": markdown.excerpt(found.body), "unseen": unseen}
    )


def _newly(thesis: Thesis, talk: Thread, to: str, by: User) -> list[User]:
    """The members who could not read the talk and then can."""
    people = {member.user_id: member.user for member in thesis.members.current().select_related("user")}
    before = readers.within(thesis, people.keys(), talk.visibility)
    return [people[pk] for pk in sorted(readers.within(thesis, people.keys(), to) - before - {by.pk})]


def _ask(request: SignedInRequest, thesis: Thesis, standing: Standing, name: str, told: dict[str, Any]) -> HttpResponse:
    form = told.get("form")
    wrong = isinstance(form, forms.Form) and form.is_bound
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    context = framed(request, thesis, standing) | told | {"query": query, "back": here(request, thesis)}
    return render(request, f"thesis/discussion_{name}.html", context, status=422 if wrong else 200)
