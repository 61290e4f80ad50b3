"""Theses over time: a bar for each, cut at its milestones."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.requests import SignedInRequest
from thesis import days
from thesis.services import listing, rows, spans
from thesis.views.chosen import chosen
from thesis.views.lists import cursor, emptying, tabs

PAGE = 30


@never_cache
@login_required
@require_safe
def plan(request: SignedInRequest) -> HttpResponse:
    """A page of the theses that the filters find, by weeks."""
    lens = chosen(request)
    found = listing.worked_on(request.user, lens.form.asked())
    after = cursor(request)
    keys, following = listing.page(found, sort=lens.form.order, after=after, size=PAGE)
    context = {
        "lens": lens,
        "tabs": tabs(lens),
        "counted": listing.COUNTED,
        "count": listing.counted(found),
        "chart": spans.of(rows.of(keys), days.today()),
        "next": lens.query(after=str(following)) if following else "",
        "first": lens.query() if after else "",
        "emptying": [] if keys else emptying(request, lens),
    }
    return render(request, "thesis/plan.html", context)
