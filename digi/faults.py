"""What a page answers when it cannot: one look for every error, and no difference between missing and forbidden."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.exceptions import NotFound as NoSuchAddress

from digi.api import is_for_programs, unanswered
from digi.errors import DigiError, Forbidden, NotFound


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_for_programs(request):
        return unanswered(request, NoSuchAddress())
    return render(request, "404.html", status=404)


def lost(request: HttpRequest) -> HttpResponse:
    """The last route in development, where Django would show its own page for an address that no route knows."""
    raise Http404


def failed(request: HttpRequest) -> HttpResponse:
    """The server's own fault. No user, no session, no database: any of them may be what failed."""
    if is_for_programs(request):
        return unanswered(request, APIException())
    known = {
        "server_name": settings.DIGI_NAME,
        "request_id": getattr(request, "id", ""),
        "LANGUAGES": settings.LANGUAGES,
    }
    return HttpResponse(render_to_string("500.html", known), status=500)


class Faults:
    """Turns what a page raises into that page's answer, in development too: there Django would show its own."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Http404 | NotFound):
            return not_found(request)
        if isinstance(exception, PermissionDenied | Forbidden):
            return forbidden(request)
        if not isinstance(exception, DigiError):
            return None

        known = {"code": exception.status, "title": _("That did not work"), "sentence": exception.message}
        response = render(request, "fault.html", known, status=exception.status)
        if "retry_after" in exception.extra:
            response.headers["Retry-After"] = str(exception.extra["retry_after"])
        return response
