"""An act on many theses: chosen in a list, rehearsed on a page, then done."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digi.accounts.requests import SignedInRequest
from thesis.forms.bulk import FORMS, ActForm
from thesis.forms.lists import FilterForm
from thesis.models import Thesis
from thesis.services import bulk, listing
from thesis.services.bulk import Outcome

KEPT = "bulk_outcome"  # in the session: what came of the last one


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: SignedInRequest) -> HttpResponse:
    """What would happen to each, or why not; posted, it is done and the next page says what came of it."""
    given = request.POST if request.method == "POST" else request.GET
    if "done" in given:
        return _done(request, given["done"])
    if given.get("act") not in FORMS:
        raise Http404
    theses, total = _chosen(request, given)
    if not theses:
        messages.info(request, _("Select the theses first."))
        return redirect(f"{reverse('thesis:theses')}?{given.get('filters', '')}")

    form = FORMS[given["act"]](given if _answered(given) else None, theses=theses)
    if request.method == "POST" and form.is_valid():
        return _do(request, form, theses, given.get("filters", ""))
    ready = form.is_bound and form.is_valid()
    outcomes = bulk.rehearse(form.act(), theses, request.user) if ready else []
    context = {
        "form": form,
        "act": given["act"],
        "theses": theses,
        "at_most": bulk.AT_MOST,
        "left_out": max(0, total - len(theses)),
        "filters": given.get("filters", ""),
        "outcomes": outcomes,
        "willing": sum(outcome.done for outcome in outcomes),
        "said": [(name, value) for name in form.fields for value in given.getlist(name)],
    }
    return render(request, "thesis/theses_many.html", context, status=422 if form.errors else 200)


def _answered(given: QueryDict) -> bool:
    """Was the act's own question answered, or has it none?"""
    asks = FORMS[str(given["act"])].asks
    return not asks or asks in given


def _chosen(request: SignedInRequest, given: QueryDict) -> tuple[list[Thesis], int]:
    """Those that were ticked, or all that the filters find: as many as one go takes, and how many there were."""
    if given.get("all"):
        form = FilterForm(QueryDict(given.get("filters", "")), user=request.user)
        found = listing.worked_on(request.user, form.asked())
        total = listing.counted(found)
        keys, _after = listing.page(found, sort=form.order, after=None, size=bulk.AT_MOST)
    else:
        ticked = [uuid for uuid in map(_uuid, given.getlist("thesis")) if uuid]
        total = len(ticked)
        mine = Thesis.objects.worked_on_by(request.user).filter(uuid__in=ticked[: bulk.AT_MOST])
        keys = list(mine.order_by("pk").values_list("pk", flat=True))
    rows = Thesis.objects.select_related("programme__department").in_bulk(keys)
    return [rows[key] for key in keys], total


def _do(request: SignedInRequest, form: ActForm, theses: Sequence[Thesis], filters: str) -> HttpResponse:
    outcomes = bulk.do(form.act(), theses, request.user)
    name = str(uuid4())
    rows = [_kept(outcome) for outcome in outcomes]
    request.session[KEPT] = {"name": name, "title": str(form.title), "filters": filters, "rows": rows}
    return redirect(f"{reverse('thesis:bulk')}?done={name}")


def _kept(outcome: Outcome) -> list[str | bool]:
    return [str(outcome.thesis.uuid), outcome.done, outcome.sentence]


def _done(request: SignedInRequest, name: str) -> HttpResponse:
    kept = request.session.get(KEPT)
    if not kept or kept["name"] != name:
        raise Http404
    uuids = [UUID(uuid) for uuid, _done, _sentence in kept["rows"]]
    rows = Thesis.objects.worked_on_by(request.user).filter(uuid__in=uuids)
    theses = {thesis.uuid: thesis for thesis in rows.select_related("programme")}
    found = [(theses.get(UUID(uuid)), done, sentence) for uuid, done, sentence in kept["rows"]]
    outcomes = [Outcome(thesis, done, sentence) for thesis, done, sentence in found if thesis]
    context = {
        "title": kept["title"],
        "filters": kept["filters"],
        "refused": [outcome for outcome in outcomes if not outcome.done],
        "outcomes": [outcome for outcome in outcomes if outcome.done],
        "number": sum(1 for _uuid, done, _sentence in kept["rows"] if done),
    }
    return render(request, "thesis/theses_done.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
