"""A person's own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from digi.accounts.forms import ProfileForm
from digi.accounts.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Name, picture, language, zone, visibility, shortcuts. A fault answers 422 with what was typed."""
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ProfileForm(*given, user=request.user)
    if form.is_bound and form.is_stored():
        with translation.override(request.user.language):
            messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.is_bound else 200)
