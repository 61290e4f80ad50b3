"""Forms that are sent once, however often somebody clicks, and that stay on their page where a script sends them."""

import time
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from digi import faults
from digi.api import is_for_programs
from digi.errors import Conflict

UNDER_WAY = 60  # seconds; as long as an act may take
PATIENCE = 3.0  # seconds for which a second sending waits for the first one's end
KNOWN = 24 * 3600  # seconds in which the same form is known again
NAME = "once"
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def fresh() -> str:
    """What a form carries so that its second sending is known."""
    return str(uuid4())


class Sending:
    """Middleware. A form with a field `once` acts once; a second sending is led to where the first one went.

    A browser without a script shows the answer to the last click of several: so the second waits for the first one.
    A script that sends a form (`X-Digi-Stay: 1`) is told the place of a redirect in `X-Digi-Place` instead of being
    taken there, so that what the page has to say reaches the page. The way to the door is no such place: it says that
    nothing was done.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        key = getattr(request, "sent_once", None)
        place = response.headers.get("Location", "")
        if key and place:
            cache.set(key, place, KNOWN)
        elif key:
            cache.delete(key)  # nothing was done: the next sending may
        if place and request.headers.get("X-Digi-Stay") and request.user.is_authenticated:
            return _told(response, place)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        key = _key(request)
        if key is None:
            return None
        until = time.monotonic() + PATIENCE
        while not cache.add(key, "", UNDER_WAY):
            if place := cache.get(key):
                return redirect(place)
            if time.monotonic() > until:
                sentence = _("This was sent a moment ago and is being worked on.")
                return faults.told(request, Conflict(sentence, code="under_way"))
            time.sleep(0.05)
        request.sent_once = key  # type: ignore[attr-defined]
        return None


def _key(request: HttpRequest) -> str | None:
    if request.method != "POST" or request.content_type not in FORMS or is_for_programs(request):
        return None  # the API reads its bodies itself
    given = request.POST.get(NAME, "")
    try:
        return f"once:{request.user.pk}:{UUID(given)}" if given and request.user.is_authenticated else None
    except ValueError:
        return None


def _told(response: HttpResponse, place: str) -> HttpResponse:
    told = HttpResponse(status=204, headers={"X-Digi-Place": place})
    told.cookies = response.cookies
    return told
