"""The directory: people by name, never by address."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest


@login_required
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody else whose name holds what `q` asks for: a whole page, or for htmx the list alone."""
    words = request.GET.get("q", "").strip()[:120]
    found = User.objects.exclude(pk=request.user.pk).found_by(words)
    fragment = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
    template = "accounts/people_list.html" if fragment else "accounts/people.html"
    response = render(request, template, {"people": found, "q": words})
    patch_vary_headers(response, ["HX-Request"])
    return response
