"""What every HTTP request gets before anything else sees it."""

import re
import secrets
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from structlog.contextvars import bound_contextvars

_GIVEN = re.compile(r"[\w.-]{8,40}")


def _name(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    name = given if _GIVEN.fullmatch(given) else f"req-{secrets.token_hex(6)}"
    request.id = name  # type: ignore[attr-defined]
    return name


@sync_and_async_middleware
def request_id(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Name the request, so that a person can quote it and the log can be searched for it.

    A proxy's `X-Request-ID` is kept when it looks like one; the answer always carries the name.
    """
    if iscoroutinefunction(get_response):

        async def named_async(request: HttpRequest) -> HttpResponseBase:
            name = _name(request)
            with bound_contextvars(request_id=name):
                answer: HttpResponseBase = await get_response(request)
            answer.headers["X-Request-ID"] = name
            return answer

        return named_async

    def named(request: HttpRequest) -> HttpResponseBase:
        name = _name(request)
        with bound_contextvars(request_id=name):
            answer: HttpResponseBase = get_response(request)
        answer.headers["X-Request-ID"] = name
        return answer

    return named
