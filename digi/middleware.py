"""What every HTTP request gets before anything else sees it."""

import re
import secrets
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.decorators import sync_and_async_middleware
from structlog.contextvars import bound_contextvars

from digi.tally import Counter

_GIVEN = re.compile(r"[\w.-]{8,40}")


COMPRESSED = ("text/html", "text/javascript")
STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
requests = Counter("digi_requests", "Answers to requests, by the kind of their status.", "status", STATUSES)


def _name(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "") if settings.DIGI_TRUSTED_PROXIES else ""
    name = given if _GIVEN.fullmatch(given) else f"req-{secrets.token_hex(6)}"
    request.id = name  # type: ignore[attr-defined]
    return name


def _named(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    requests.add(value=f"{answer.status_code // 100}xx")
    answer.headers["X-Request-ID"] = name
    return answer


@sync_and_async_middleware
def request_id(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Name the request, so that a person can quote it and the log can be searched for it.

    A trusted proxy's `X-Request-ID` is kept when it looks like one; the answer always carries the name.
    """
    if iscoroutinefunction(get_response):

        async def named_async(request: HttpRequest) -> HttpResponseBase:
            name = _name(request)
            with bound_contextvars(request_id=name):
                answer: HttpResponseBase = await get_response(request)
            return _named(answer, name)

        return named_async

    def named(request: HttpRequest) -> HttpResponseBase:
        name = _name(request)
        with bound_contextvars(request_id=name):
            answer: HttpResponseBase = get_response(request)
        return _named(answer, name)

    return named


class SmallPages(GZipMiddleware):
    """Compresses pages and the words of their scripts; static files are compressed already, and the API's answers stay.

    Lengths tell no secret of a page: tokens are masked anew in each, and Django adds up to a hundred random bytes.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(COMPRESSED):
            return response
        return super().process_response(request, response)
