"""A thesis at a glance: where it stands, what comes next, its people, its facts, what happened lately."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat import connection
from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, NotFound, Stale
from thesis.forms import conflicts, refusals
from thesis.models import Extension, ExtensionState, Thesis
from thesis.services import outlook, papers, talks, theses, timeline, way
from thesis.services.access import Standing
from thesis.states import Need, State
from thesis.views import entries
from thesis.views.frame import entered, framed
from thesis.views.gates import Gate

LATELY = 6  # entries of the feed


@never_cache
@login_required
@require_safe
def overview(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Where the thesis stands, what it is about and who belongs to it."""
    thesis, standing = entered(request, thesis_id)
    return render(request, "thesis/overview.html", _context(request, thesis, standing))


@login_required
@require_POST
def step(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Take a step; a refusal is said at its form."""
    thesis, standing = entered(request, thesis_id)
    context = _context(request, thesis, standing, request.POST.get("to", ""))
    form = context["sent"]
    if form is None:  # somebody else has taken it, or the person may not
        raise NotFound(_("This step does not lead on from here any more."))
    if form.is_valid():
        try:
            taken = theses.transition(thesis=thesis, by=request.user, **form.cleaned_data)
        except DigiError as error:
            refusals.show(form, error)
            if isinstance(error, Stale):
                conflicts.stands_against(form, thesis)  # as the page shows it, which somebody may have outrun again
        else:
            messages.success(
                request, _("It is now in the state “%(state)s”.") % {"state": taken.get_to_state_display()}
            )
            return redirect("thesis:overview", thesis.uuid)
    return render(request, "thesis/overview.html", context, status=422)


@login_required
@require_safe
def talk(request: SignedInRequest, thesis_id: UUID, username: str) -> HttpResponse:
    """The way to the chat with somebody of the thesis: addresses of rooms are fresh each time."""
    thesis, _standing = entered(request, thesis_id)
    room = talks.room_with(thesis, request.user, username)
    return redirect("chat:room", connection.issue(room.pk, request.user.pk))


def _context(request: SignedInRequest, thesis: Thesis, standing: Standing, sent: str = "") -> dict[str, Any]:
    context = framed(request, thesis, standing)
    found = outlook.of(thesis, by=request.user)
    given: Any = {"sent": sent, "standing": standing}
    gates = [Gate.of(request, thesis, one, **given) for one in found.ways]
    apart = {name: Gate.of(request, thesis, one, **given) for name, one in _apart(found).items() if one}
    seen = timeline.of(thesis, by=request.user)
    declares = any(Need.DECLARATION in gate.way.needs for gate in gates)
    asked: Extension | None = thesis.extensions.filter(state=ExtensionState.ASKED).select_related("asked_by").first()
    return context | {
        "stages": way.of(thesis, found.steps),
        "gates": gates,
        "final": papers.of(thesis).final if declares else None,
        "withdraw": apart.get("withdraw"),
        "back": apart.get("back"),
        "ahead": found.ahead,
        "sent": next((gate.form for gate in [*gates, *apart.values()] if gate.form and gate.form.is_bound), None),
        "asks": request.GET.get("do", ""),
        "partners": talks.partners(thesis, request.user),
        "lately": entries.lines(seen.results[:LATELY], seen.steps),
        "asked": asked,
        "closed": thesis.state in (State.ARCHIVED, State.WITHDRAWN),
    }


def _apart(found: outlook.Outlook) -> dict[str, outlook.Way | None]:
    return {"withdraw": found.withdraw, "back": found.back}
