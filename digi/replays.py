"""Asking a page for the same once more: what of a request was used up by the first time, and what was typed into it."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import SimpleLazyObject

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
SECRET = ("password", "code", "token", "secret")  # as a part of a field's name: not written into a page


def prepare(request: HttpRequest) -> None:
    """Before the view reads it: keep a small body that a program has sent."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    if request.content_type != "application/json" or not size.isdecimal():
        return
    if 0 < int(size) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        request.body  # noqa: B018 - reading it keeps it


def possible(request: HttpRequest) -> bool:
    """Would the view read the same again?"""
    if request.content_type in FORMS:
        return not any(file.closed for file in _files(request))
    return hasattr(request, "_body") or not getattr(request, "_read_started", False)


def again(request: HttpRequest) -> HttpResponse:
    """The view's answer, as if it had not been asked before. Who asks is read anew: the first time has changed them."""
    for file in _files(request):
        file.seek(0)
    if hasattr(request, "user"):
        request.__dict__.pop("_cached_user", None)
        request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
    match: Any = request.resolver_match
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that was sent, to send them once more; none where a file or a secret is among them."""
    try:
        if request.method != "POST" or request.content_type not in FORMS or _files(request):
            return []
    except (MultiPartParserError, SuspiciousOperation, OSError):  # what was sent cannot be read, or not to its end
        return []
    if any(word in name.lower() for name in request.POST for word in SECRET if name != "csrfmiddlewaretoken"):
        return []
    return [(name, str(value)) for name, values in request.POST.lists() for value in values]


def _files(request: HttpRequest) -> list[Any]:
    if request.content_type not in FORMS:
        return []
    return [file for _, files in request.FILES.lists() for file in files]
