"""The secret link by which programs read a person's dates: made, renewed, revoked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digi.accounts.models import CalendarFeed
from digi.accounts.requests import SignedInRequest
from digi.accounts.services import calendars


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: SignedInRequest) -> HttpResponse:
    """The link's state. POST `act`: `make` shows a new one in its answer alone, anything else revokes it."""
    url = ""
    if request.method == "POST":
        if request.POST.get("act") != "make":
            calendars.withdraw(user=request.user)
            messages.success(request, _("The link is revoked: whoever has it finds nothing any more."))
            return redirect("accounts:calendar")
        _feed, secret = calendars.share(user=request.user)
        url = request.build_absolute_uri(reverse("calendar_feed", args=[secret]))
    feed = CalendarFeed.objects.filter(user=request.user).first()
    return render(request, "accounts/calendar.html", {"feed": feed, "url": url})
