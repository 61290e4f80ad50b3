"""More time: asked for, granted, refused."""

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
from digi.errors import DigiError, NotFound
from thesis.forms import refusals
from thesis.forms.extensions import AskForm, DecisionForm
from thesis.models import Extension, ExtensionState, Thesis
from thesis.services import extensions
from thesis.services.access import Standing
from thesis.states import Part
from thesis.views.frame import entered, framed


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extension_list(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Every question for more time with its answer, and the form for the next."""
    thesis, standing = entered(request, thesis_id)
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            extensions.ask(thesis=thesis, by=request.user, **form.cleaned_data)
        except DigiError as error:
            refusals.show(form, error)
        else:
            messages.success(request, _("Your question is with your supervisor."))
            return redirect("thesis:extensions", thesis.uuid)
    return _page(request, thesis, standing, ask=form)


@never_cache
@login_required
@require_POST
def decide(request: SignedInRequest, thesis_id: UUID, extension_id: UUID) -> HttpResponse:
    """Grant more time, or refuse it and say why."""
    thesis, standing = entered(request, thesis_id, Part.SUPERVISOR)
    extension = thesis.extensions.filter(uuid=extension_id).first()
    if extension is None:
        raise NotFound(_("There is nothing here that you may see."))
    form = DecisionForm(request.POST, extension=extension)
    if form.is_valid():
        values = {"answer": form.cleaned_data["answer"], "version": form.cleaned_data["version"]}
        grant = form.cleaned_data["decision"] == "grant"
        try:
            extensions.decide(extension=extension, by=request.user, grant=grant, **values)
        except DigiError as error:
            refusals.show(form, error)
        else:
            said = _("The time is granted.") if grant else _("The time is not granted.")
            messages.success(request, said)
            return redirect("thesis:extensions", thesis.uuid)
    return _page(request, thesis, standing, decision=form)


def _page(
    request: SignedInRequest,
    thesis: Thesis,
    standing: Standing,
    *,
    ask: AskForm | None = None,
    decision: DecisionForm | None = None,
) -> HttpResponse:
    asked = list(thesis.extensions.select_related("asked_by", "decided_by").order_by("-pk"))
    waiting: Extension | None = next((one for one in asked if one.state == ExtensionState.ASKED), None)
    context: dict[str, Any] = framed(request, thesis, standing)
    if waiting and context["supervises"]:
        decision = decision or DecisionForm(extension=waiting)
    may_ask = Part.STUDENT in standing.parts and thesis.state in extensions.WRITING and thesis.due_on is not None
    context |= {
        "asked": asked,
        "waiting": waiting,
        "ask": (ask or AskForm()) if (may_ask or context["coordinates"]) and not waiting else None,
        "decision": decision,
    }
    refused = any(form is not None and form.is_bound for form in (ask, decision))
    return render(request, "thesis/extensions.html", context, status=422 if refused else 200)
