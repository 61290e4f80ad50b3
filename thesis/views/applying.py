"""Applying: four steps, each kept on the server, for a topic or with a title of one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, Stale
from digi.files import downloads
from thesis.models import Topic
from thesis.services import drafts, topics
from thesis.views.wizard import Wizard


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedInRequest, topic_id: UUID | None = None) -> HttpResponse:
    """One step of an application. Whatever is sent is kept first, and only then found incomplete."""
    wizard = _wizard(request, topic_id)
    if request.method != "POST":
        return wizard.drawn()

    go = request.POST.get("go", "next")
    if go == "discard":
        drafts.discard(by=request.user, topic=wizard.topic)
        messages.success(request, _("The draft is thrown away."))
        return redirect("thesis:topic", wizard.topic.uuid) if wizard.topic else redirect("thesis:applications")
    return _sent(wizard) if wizard.step == "review" else _kept(wizard, go)


@login_required
@require_POST
def keep(request: SignedInRequest, topic_id: UUID | None = None) -> HttpResponse:
    """Keep what has been typed so far: `{"version": …, "said": …}`, or with an error's status the sentence alone."""
    wizard = _wizard(request, topic_id)
    form = wizard.form()
    try:
        draft = drafts.keep(by=request.user, topic=wizard.topic, version=form.seen(), **form.values())
    except DigiError as error:
        return JsonResponse({"said": str(error.message)}, status=error.status)
    said = _("Saved at %(time)s") % {"time": f"{timezone.localtime(draft.changed_at):%H:%M}"}
    return JsonResponse({"version": draft.version, "said": said})


@never_cache
@login_required
@require_safe
def cv(request: SignedInRequest, topic_id: UUID | None = None) -> HttpResponseBase:
    """The file in one's own draft."""
    draft = drafts.of(request.user, _topic(request, topic_id))
    if draft is None or draft.cv_file is None:
        raise Http404
    return downloads.send(request, draft.cv_file)


def _wizard(request: SignedInRequest, topic_id: UUID | None) -> Wizard:
    return Wizard(request, _topic(request, topic_id))


def _topic(request: SignedInRequest, topic_id: UUID | None) -> Topic | None:
    return topics.find(topic_id, request.user) if topic_id else None


def _kept(wizard: Wizard, go: str) -> HttpResponse:
    """Keep a step and go where its button says; forward only from a step that is complete."""
    form, by, topic = wizard.form(), wizard.request.user, wizard.topic
    try:
        drafts.keep(by=by, topic=topic, version=form.seen(), **form.values())
        if go == "drop":
            drafts.detach(by=by, topic=topic)
        elif upload := wizard.request.FILES.get("file"):
            drafts.attach(by=by, topic=topic, file=upload)
    except Stale:
        return wizard.drawn(wizard.on_top(form), theirs=drafts.of(by, topic))
    except DigiError as error:
        form.add_error(error.extra.get("field", "file" if "file" in form.fields else None), str(error.message))

    if go == "next":
        _needs(wizard, form)
    if form.errors:
        return wizard.drawn(wizard.on_top(form))
    return redirect(wizard.address(go))


def _needs(wizard: Wizard, form: Any) -> None:
    draft = drafts.of(wizard.request.user, wizard.topic)
    for name, sentence in (drafts.missing_in(draft) if draft else {}).items():
        if name in form.fields and name not in form.errors:
            form.add_error(name, sentence)


def _sent(wizard: Wizard) -> HttpResponse:
    form = wizard.form()
    try:
        application = drafts.send(by=wizard.request.user, topic=wizard.topic)
    except DigiError as error:
        form.is_valid()
        form.add_error(None, str(error.message))
        return wizard.drawn(form)
    messages.success(wizard.request, _("Sent. You are told as soon as somebody has decided."))
    return redirect("thesis:application", application.uuid)
