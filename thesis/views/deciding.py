"""Many applications shortlisted or turned down at once: shown before it is done, and told one by one after."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from digi.accounts.requests import SignedInRequest
from thesis.forms.applications import ManyForm
from thesis.models import Application
from thesis.services import decisions
from thesis.services.decisions import Outcome


@never_cache
@login_required
@require_POST
def many(request: SignedInRequest) -> HttpResponse:
    """The question first, with what would be refused and why; the deed when it is sent with `sure`."""
    verb, chosen = request.POST.get("act", ""), _chosen(request)
    foreseen = decisions.foresee(verb=verb, chosen=chosen, by=request.user)
    possible = [one for one in foreseen if not one.refused]
    if not possible:
        messages.error(request, _("Nothing of what is selected can be done.") if chosen else _("Select some first."))

    sure = request.POST if "sure" in request.POST else None
    form = ManyForm(sure, verb=verb, needs_words=any(one.needs_words for one in possible))
    if possible and form.is_valid():
        done = decisions.decide(
            verb=verb, chosen=[one.application for one in foreseen], by=request.user, **form.cleaned_data
        )
        request.session["applications_outcome"] = _told(verb, done)
        return redirect(_place(request))
    known = {
        "form": form,
        "verb": verb,
        "possible": possible,
        "refused": [one for one in foreseen if one.refused],
        "place": _place(request),
    }
    return render(request, "thesis/applications_many.html", known, status=422 if sure else 200)


def _chosen(request: SignedInRequest) -> list[Application]:
    ids = []
    for text in request.POST.getlist("application")[: decisions.AT_MOST]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    found = Application.objects.visible_to(request.user).filter(uuid__in=ids)
    return list(found.select_related("programme", "topic", "student", "supervisor").order_by("-pk"))


def _told(verb: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """What the list says once: how many were done, and of each that was not, why."""
    refused = [
        {"who": str(one.application.student), "what": one.application.title, "why": one.refused}
        for one in outcomes
        if one.refused
    ]
    return {"verb": verb, "done": len(outcomes) - len(refused), "refused": refused}


def _place(request: SignedInRequest) -> str:
    asked = request.POST.get("next", "")
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe else reverse("thesis:applications")
