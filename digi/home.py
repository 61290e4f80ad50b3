"""The pages of the house itself: its door, its errors, its language."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import JavaScriptCatalog

from digi.accounts.services import profiles


def home(request: HttpRequest) -> HttpResponse:
    """Signed in: what waits there; `?out` goes along. Signed out: what Digi is, and the way in."""
    if request.user.is_authenticated:
        return redirect(reverse("thesis:dashboard") + ("?out" if "out" in request.GET else ""))
    return render(request, "home.html")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language with the person, or in a cookie for strangers, and go back to `next`."""
    language = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = reverse("home")
    response = redirect(back)
    if language not in dict(settings.LANGUAGES) or not check_for_language(language):
        return response
    if request.user.is_authenticated:
        profiles.change(user=request.user, language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker keeps for the time without a server; the same for everybody, so nobody's name is on it."""
    request.user = AnonymousUser()
    return render(request, "offline.html")


def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root because it may act for the folder it comes from."""
    response = render(request, "worker.js", content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def favicon(request: HttpRequest) -> HttpResponse:
    """For those who ask without having read a page."""
    return redirect(static("img/icon-192.png"))


def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put Digi among its apps (W3C Web Application Manifest)."""
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
    ]
    document = {
        "name": settings.DIGI_NAME,
        "short_name": "Digi",
        "id": reverse("home"),
        "start_url": reverse("home"),
        "display": "standalone",
        "background_color": "#fbfaf8",
        "theme_color": "#f1efeb",
        "icons": [*icons, {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(document, content_type="application/manifest+json")


class Catalogue(JavaScriptCatalog):
    """The translations for scripts. Pages name the language in the address, so a browser may keep each."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().get(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, max-age=600"
        return response
