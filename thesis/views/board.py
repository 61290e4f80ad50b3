"""Theses as cards in columns of states, and the page on which one is moved."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError
from thesis.forms.board import MoveForm
from thesis.forms.lists import FilterForm
from thesis.models import Thesis
from thesis.services import access, columns, listing, papers, theses
from thesis.services.theses import Choice
from thesis.states import ACTIVE, Need, State
from thesis.views.chosen import chosen
from thesis.views.lists import emptying, tabs


@never_cache
@login_required
@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """The theses that the filters find, by state; the first few of each."""
    lens = chosen(request)
    found = listing.worked_on(request.user, lens.form.asked())
    shown = columns.of(found, _states(lens.form), sort=lens.form.order)
    context = {
        "lens": lens,
        "tabs": tabs(lens),
        "columns": [(column, lens.query(state=column.state, stage="")) for column in shown],
        "moving": urlencode({"back": lens.query()}),
        "count": sum(column.count for column in shown),
        "emptying": [] if any(column.count for column in shown) else emptying(request, lens),
    }
    return render(request, "thesis/board.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """The steps that lead on from where a thesis stands, and a form for what one of them needs."""
    thesis = access.find(thesis_id, request.user)
    choices = theses.choices(thesis=thesis, by=request.user)
    given = request.POST if request.method == "POST" else request.GET
    step = next((one for one in choices if one.to == given.get("to") and not one.reason), None)
    back = f"{reverse('thesis:board')}?{given.get('back', '')}"
    form = MoveForm(request.POST or None, needs=step.needs) if step else None
    refused = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _take(request, thesis, given.get("to", ""), form, given.get("version", ""))
        except DigiError as error:
            refused = str(error.message)
        else:
            messages.success(request, _("Moved to “%(state)s”") % {"state": State(given["to"]).label})
            return redirect(back)
    unready = form is not None and form.errors  # what was not looked at again stays what was seen
    context = {
        "thesis": thesis,
        "seen": given.get("version", "") if unready else thesis.version,
        "final": papers.of(thesis).final if step and Need.DECLARATION in step.needs else None,
        "choices": [_linked(choice, given.get("back", "")) for choice in choices],
        "step": step,
        "form": form,
        "refused": refused,
        "back": given.get("back", ""),
        "board": back,
    }
    return render(request, "thesis/board_move.html", context, status=422 if refused or unready else 200)


def _take(request: SignedInRequest, thesis: Thesis, to: str, form: MoveForm | None, version: str) -> None:
    """The service asks again whether the step may be taken; a page that has grown old is told so."""
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None
    given = form.cleaned_data if form else {}
    theses.transition(thesis=thesis, to=to, by=request.user, version=seen, **given)


def _linked(choice: Choice, back: str) -> dict[str, object]:
    return {"choice": choice, "query": urlencode({"to": choice.to, "back": back})}


def _states(form: FilterForm) -> list[State]:
    asked = form.asked()
    if asked.get("state"):
        return [state for state in State if state in asked["state"]]
    return [state for state in State if asked["active"] is None or (state in ACTIVE) == asked["active"]]
