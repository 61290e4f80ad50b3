"""Topics as their owners write, open and close them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from digi.accounts.requests import SignedInRequest
from digi.errors import Conflict, DigiError, Forbidden, Invalid, Stale
from thesis.forms.topics import TopicForm, offered_by
from thesis.models import Topic
from thesis.services import topics


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Offer a topic: a draft, until it is opened."""
    if not offered_by(request.user).exists():
        raise Forbidden(_("Only supervisors of the department offer topics."), code="wrong_role")
    form = TopicForm(request.POST or None, by=request.user)
    if _is_sent(request) and form.is_valid():
        try:
            made = topics.create(by=request.user, **_values(form))
        except (Invalid, Conflict, Forbidden) as error:
            _refused(form, error)
        else:
            messages.success(request, _("The draft is kept. Open it when it is ready."))
            return redirect("thesis:topic", made.uuid)
    return _drawn(request, form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, topic_id: UUID) -> HttpResponse:
    """Change what a topic says. Where somebody else was faster, both texts are shown."""
    topic = _own(request, topic_id)
    form = TopicForm(request.POST or None, by=request.user, topic=topic)
    if _is_sent(request) and form.is_valid():
        try:
            topics.rewrite(topic=topic, by=request.user, version=form.cleaned_data.pop("version"), **_values(form))
        except Stale as error:
            _refused(form, error)
            return _drawn(request, _on_top_of(form, topic), topic, theirs=topic)
        except (Invalid, Conflict) as error:
            _refused(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("thesis:topic", topic.uuid)
    return _drawn(request, form, topic)


@login_required
@require_POST
def move(request: SignedInRequest, topic_id: UUID) -> HttpResponse:
    """Open or close a topic."""
    topic = topics.find(topic_id, request.user)
    to = request.POST.get("to", "")
    topics.move(topic=topic, to=to, by=request.user)
    said = _("The topic is open. Whoever asked to hear of it is told.") if to == "open" else _("The topic is closed.")
    messages.success(request, said)
    return redirect("thesis:topic", topic.uuid)


def _own(request: SignedInRequest, topic_id: UUID) -> Topic:
    topic = topics.find(topic_id, request.user)
    if not topics.owns(topic, request.user):
        raise Forbidden(_("Only an owner of the topic may do this."), code="wrong_role")
    return topic


def _is_sent(request: SignedInRequest) -> bool:
    """A form that only asks what its text will look like is not sent."""
    return request.method == "POST" and "preview" not in request.POST


def _values(form: TopicForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "version"}


def _refused(form: TopicForm, error: DigiError) -> None:
    field = error.extra.get("field")
    form.add_error(field if field in form.fields else None, str(error.message))


def _on_top_of(form: TopicForm, topic: Topic) -> TopicForm:
    """The same words, to be kept over what the other has written: sending them again is a choice."""
    data: Any = form.data
    form.data = data = data.copy()
    data["version"] = str(topic.version)
    return form


def _drawn(
    request: SignedInRequest, form: TopicForm, topic: Topic | None = None, theirs: Topic | None = None
) -> HttpResponse:
    preview = "preview" in request.POST
    known = {"form": form, "topic": topic, "theirs": theirs, "preview": preview}
    status = 422 if form.is_bound and not preview else 200
    return render(request, "thesis/topic_form.html", known, status=status)
