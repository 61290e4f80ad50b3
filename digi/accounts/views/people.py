"""The directory: people by name, never by address."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest


@login_required
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody else whose name holds what `q` asks for: a page."""
    words = request.GET.get("q", "").strip()[:120]
    found = User.objects.exclude(pk=request.user.pk).found_by(words)
    return render(request, "accounts/people.html", {"people": found, "q": words})
