"""What Digi holds about oneself: looked at, taken away, erased."""

from collections.abc import Iterable
from dataclasses import asdict
from math import ceil
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from digi.accounts.requests import SignedInRequest
from digi.accounts.services import erasure, people
from digi.accounts.services import export as exports
from digi.api import ExportThrottle
from digi.errors import DigiError, RateLimited
from digi.files import archives

LAST_LOOK = 600  # seconds for which the page after an erasure can be read again


@never_cache
@login_required
@require_safe
def privacy(request: SignedInRequest) -> HttpResponse:
    """What is held, what an erasure would make of it, and what stands in its way."""
    context = _told(map(asdict, erasure.preview(request.user)))
    return render(request, "accounts/privacy.html", context | {"obstacle": people.stands_in_the_way(request.user)})


@never_cache
@login_required
@require_GET
def export(request: SignedInRequest) -> HttpResponseBase:
    """Everything as a ZIP that is packed while it is sent. Raises `RateLimited`."""
    throttle = ExportThrottle()
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it asks for the person alone
        sentence = _("You have taken much away in the last hour. Wait a little.")
        raise RateLimited(sentence, retry_after=ceil(throttle.wait() or 1))
    exports.note(user=request.user)
    return archives.send(request, f"digi-{request.user.username}.zip", exports.entries(request.user))


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: SignedInRequest) -> HttpResponse:
    """The question, and on POST the deed: for good, and only after a fresh sign-in."""
    error = ""
    if request.method == "POST":
        language = request.user.language
        try:
            told = people.erase(user=request.user)
        except DigiError as refused:
            error = str(refused.message)
        else:
            request.session.flush()
            request.session["erased"] = [asdict(line) for line in told]
            request.session.set_expiry(LAST_LOOK)
            return _led_out(language)
    context = {"obstacle": error or people.stands_in_the_way(request.user)}
    return render(request, "accounts/erase.html", context, status=422 if error else 200)


@never_cache
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """The last look: what went and what stays. Whoever has erased nothing is led to the front door."""
    told = request.session.get("erased")
    if told is None or request.user.is_authenticated:
        return redirect("home")
    return render(request, "accounts/erased.html", _told(told))


def _led_out(language: str) -> HttpResponse:
    """To the last look, which nobody is signed in to: a cookie keeps it in the language of what it tells."""
    response = redirect("accounts:erased")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=LAST_LOOK,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _told(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What goes, and what stays by the reason for it."""
    goes: list[dict[str, Any]] = []
    stays: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        (stays.setdefault(line["why"], []) if line["why"] else goes).append(line)
    return {"goes": goes, "stays": list(stays.items())}
