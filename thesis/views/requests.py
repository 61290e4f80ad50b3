"""Change requests: what was asked for, what is done, what is verified."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from digi.accounts.requests import SignedInRequest
from thesis.models import ChangeRequest, RequestState
from thesis.services import requests
from thesis.views.frame import entered, framed

RELATED = ("comment__thread__on__document", "requested_by__avatar")


@dataclass(frozen=True, slots=True)
class Asked:
    """A change request and the steps that the person may take with it now."""

    request: ChangeRequest
    steps: list[str]


@never_cache
@login_required
@require_safe
def listing(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """The requests that the person may read; those that are open and blocking first."""
    thesis, standing = entered(request, thesis_id)
    context = framed(request, thesis, standing)
    rows = requests.requests_for(thesis, standing)
    counts = rows.aggregate(**{state.value: Count("pk", filter=Q(state=state)) for state in RequestState})
    show = request.GET.get("show", "")
    if show in RequestState.values:
        rows = rows.filter(state=show)
    order = list(RequestState.values)
    found = sorted(
        rows.select_related(*RELATED).prefetch_related("comment__mentions"),
        key=lambda one: (order.index(one.state), not one.blocking, one.pk),
    )
    states = [(state.value, state.label, counts[state.value]) for state in RequestState]
    context |= {
        "asked": [Asked(one, requests.steps(one, standing)) for one in found],
        "show": show if show in RequestState.values else "",
        "states": states,
        "all": sum(counts.values()),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return render(request, "thesis/requests.html", context)


@login_required
@require_POST
def move(request: SignedInRequest, thesis_id: UUID, request_id: UUID) -> HttpResponse:
    """Say that it is done, that it is verified, or open it again; then back to where the person was."""
    thesis, _standing = entered(request, thesis_id)
    found = requests.find(request_id, request.user)
    if found.thesis_id != thesis.pk:
        raise requests.unknown()
    requests.move(request=found, to=request.POST.get("to", ""), by=request.user, version=_seen(request))
    name = "thesis:discussion" if request.POST.get("from") == "discussion" else "thesis:requests"
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse(name, args=[thesis.uuid]) + query)


def _seen(request: SignedInRequest) -> int | None:
    """The version of the request that the page showed."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None
