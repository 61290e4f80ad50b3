"""What a page answers when it cannot: one look for every error, and no difference between missing and forbidden."""

import logging
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework.exceptions import APIException
from rest_framework.exceptions import NotFound as NoSuchAddress

from digi import replays, retries
from digi.api import is_for_programs, unanswered
from digi.errors import Conflict, DigiError, Forbidden, NotFound

log = logging.getLogger(__name__)

AGAIN = 5  # seconds after which a client may ask again
PASSING = (retries.Failure.AWAY, retries.Failure.BUSY, retries.Failure.UNLUCKY)
HALF_DONE = _lazy("The server cannot do this just now, and some of it may be done. Look at it before you try again.")


class Away(APIException):
    """The database does not answer."""

    status_code = 503
    wait = AGAIN
    default_code = "unavailable"
    default_detail = _lazy("The server cannot do this just now; nothing was changed. Try again in a few seconds.")


class Faster(APIException):
    """Two wrote the same at one moment."""

    status_code = 409
    default_code = "conflict"
    default_detail = _lazy("Somebody was faster. Look at it again, please.")


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
    error = sys.exc_info()[1]
    if error is not None and retries.why(error) in PASSING:
        return away(request)
    if is_for_programs(request):
        return unanswered(request, APIException())
    return HttpResponse(render_to_string("500.html", _known(request)), status=500)


def away(request: HttpRequest) -> HttpResponse:
    """The database does not answer now, or gave this up for another's sake; it may do it soon."""
    kept = getattr(getattr(request, "watch", None), "kept", False)
    if is_for_programs(request):
        response: HttpResponse = unanswered(request, Away(HALF_DONE if kept else None))
    else:
        known = _known(request) | {"fields": replays.typed(request), "kept": kept}
        response = HttpResponse(render_to_string("503.html", known), status=503)
    response.headers["Retry-After"] = str(AGAIN)
    response.headers["Cache-Control"] = "no-store"
    return response


class Faults:
    """Turns what a page raises into that page's answer, in development too: there Django would show its own.

    What the database gave up is done again first, where nothing of it was kept and the request can be read again.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with retries.watched() as request.watch:  # type: ignore[attr-defined]
            response: HttpResponse = self.get_response(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        replays.prepare(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Error):
            return answer(request, exception)

        watch: retries.Watch = request.watch  # type: ignore[attr-defined]
        if not watch.kept and replays.possible(request):
            try:
                return retries.patiently(lambda: replays.again(request), exception, watch.began)
            except Exception as error:
                exception = error
        response = answer(request, exception)
        if response is None:
            raise exception
        return response


def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """What a page or the API says to it; None for a mistake of ours."""
    failure = retries.why(exception)
    if failure in PASSING:
        log.error("a request was not done, since %s: %r", failure.value, exception)
        return away(request)
    if failure is retries.Failure.TAKEN:
        log.error("a request was not done, since %s", failure.value, exc_info=exception)
        exception = Conflict(_("Somebody was faster. Look at it again, please."))
        if is_for_programs(request):
            return unanswered(request, Faster())
    if isinstance(exception, Http404 | NotFound):
        return not_found(request)
    if isinstance(exception, PermissionDenied | Forbidden):
        return forbidden(request)
    if not isinstance(exception, DigiError):
        return None
    return told(request, exception)


def told(request: HttpRequest, error: DigiError) -> HttpResponse:
    """The page that says a sentence of ours."""
    known = {"code": error.status, "title": _("That did not work"), "sentence": error.message}
    response = render(request, "fault.html", known, status=error.status)
    if "retry_after" in error.extra:
        response.headers["Retry-After"] = str(error.extra["retry_after"])
    return response


def _known(request: HttpRequest) -> dict[str, Any]:
    """What a page's frame needs, without asking anybody."""
    return {
        "server_name": settings.DIGI_NAME,
        "imprint_url": settings.DIGI_IMPRINT_URL,
        "privacy_url": settings.DIGI_PRIVACY_URL,
        "request_id": getattr(request, "id", ""),
        "LANGUAGES": settings.LANGUAGES,
    }
