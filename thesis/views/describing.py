"""Editing what a thesis says about itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, Stale
from thesis.forms import refusals
from thesis.forms.describing import Clash, DescribingForm
from thesis.models import Thesis
from thesis.services import theses
from thesis.services.access import Standing
from thesis.services.theses import DESCRIBED, FOR_STUDENTS, SHOWN
from thesis.states import Part
from thesis.views.frame import entered, framed


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Title, abstract, dates and readers. What two people change at once is shown to the second, beside their own."""
    thesis, standing = entered(request, thesis_id, Part.STUDENT, Part.SUPERVISOR)
    editable = _editable(standing)
    data = request.POST if request.method == "POST" else None
    form = DescribingForm(data, thesis=thesis, editable=editable)
    clashes: list[Clash] = []
    if form.is_bound and form.is_valid():
        try:
            form, clashes = _keep(request, thesis, form)
        except DigiError as error:
            refusals.show(form, error)
        else:
            if not clashes:
                messages.success(request, _("Saved"))
                return redirect("thesis:overview", thesis.uuid)
    context: dict[str, Any] = framed(request, thesis, standing) | {"form": form, "clashes": clashes}
    return render(request, "thesis/edit.html", context, status=422 if form.is_bound else 200)


def _keep(request: SignedInRequest, thesis: Thesis, form: DescribingForm) -> tuple[DescribingForm, list[Clash]]:
    """Keep it. Where others have changed other things meanwhile, both stand; the same thing is asked about."""
    version = form.cleaned_data["version"]
    while True:
        try:
            theses.change(thesis=thesis, by=request.user, version=version, **form.changes())
            return form, []
        except Stale as error:
            thesis.refresh_from_db(from_queryset=Thesis.objects.select_related("programme__department"))
            if clashes := form.clashes(thesis):
                return form.again(thesis), clashes
            version = error.extra["version"]


def _editable(standing: Standing) -> frozenset[str]:
    return DESCRIBED | SHOWN if standing.may(Part.SUPERVISOR) else FOR_STUDENTS
