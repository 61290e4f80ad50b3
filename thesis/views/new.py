"""A thesis without an application."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, Forbidden
from thesis.forms import refusals
from thesis.forms.opening import OpeningForm
from thesis.forms.topics import offered_by
from thesis.services import opening


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Open a thesis, with its first people; for supervisors and coordinators."""
    if not offered_by(request.user).exists():
        raise Forbidden(_("Only supervisors and coordinators of the department open theses."))
    form = OpeningForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            thesis = opening.open_with(by=request.user, **form.cleaned_data)
        except DigiError as error:
            refusals.show(form, error)
        else:
            messages.success(request, _("The thesis is open."))
            return redirect("thesis:overview", thesis.uuid)
    return render(request, "thesis/new.html", {"form": form}, status=422 if form.is_bound else 200)
