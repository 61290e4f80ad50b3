"""The API's manners: errors as problem+json (RFC 9457), versions by If-Match, throttles by person and by address."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from digi.environment import Rate
from digi.errors import DigiError, Invalid
from digi.moments import moment

PROBLEM = "application/problem+json"
_OTHER_PHRASES = {460: "Checksum Mismatch"}  # tus, the protocol of uploads


class ProblemRenderer(JSONRenderer):
    media_type = PROBLEM


class MomentField(serializers.DateTimeField):
    """A time as frames carry it, too: UTC, milliseconds, `Z`."""

    def to_representation(self, value: Any) -> Any:
        return moment(value) if isinstance(value, datetime) else None


def if_match(request: Request) -> int | None:
    """The version that `If-Match` names, None where any will do. Raises `invalid_etag`."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    number = header.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Invalid(_('If-Match is an ETag of this API, such as "3".'), code="invalid_etag")
    return int(number)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: what a person may be told, in one shape; anything else is a bug and goes on."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()

    headers: dict[str, str] = {}
    if isinstance(error, DigiError):
        body = _body(error.status, str(error.message), error.code, **error.extra)
        if "retry_after" in error.extra:
            headers["Retry-After"] = str(max(1, round(error.extra["retry_after"])))
    elif isinstance(error, exceptions.APIException):
        body = _of_drf(error)
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = str(challenge)
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(round(wait))
    else:
        return None

    from rest_framework.views import set_rollback  # that module reads the settings, which name this one

    set_rollback()
    request = context.get("request")
    body["request_id"] = getattr(getattr(request, "_request", None), "id", "")
    answer = Response(body, status=body["status"], headers=headers, content_type=PROBLEM)
    return answer


def is_for_programs(request: HttpRequest) -> bool:
    """Is this an address of the API?"""
    return request.path_info.startswith("/api/v")


def unanswered(request: HttpRequest, error: exceptions.APIException) -> JsonResponse:
    """A problem where no view of the API was reached, or one failed; `wait` says when to come again."""
    body = _of_drf(error) | {"request_id": getattr(request, "id", "")}
    wait = getattr(error, "wait", None)
    headers = {"Retry-After": str(wait)} if wait else {}
    if wait:
        body["retry_after"] = wait
    return JsonResponse(body, status=error.status_code, headers=headers, content_type=PROBLEM)


def with_problems(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """drf-spectacular's hook: every operation may answer with a problem."""
    result["components"]["schemas"]["Problem"] = {
        "type": "object",
        "description": "RFC 9457. Further keys, such as `retry_after` or `limit`, are what a client can act on.",
        "properties": {name: {"type": "string"} for name in ("type", "title", "detail", "code", "request_id")}
        | {"status": {"type": "integer"}, "errors": {"type": "object", "additionalProperties": {"type": "array"}}},
        "required": ["type", "title", "status", "detail", "code", "request_id"],
    }
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"] |= {"4XX": {"description": "It cannot be done, and why.", "content": content}}
    return result


def _of_drf(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return _body(400, _("Some fields need another look."), "invalid", errors=_flat(error.detail))
    codes = error.get_codes()
    return _body(error.status_code, str(error.detail), codes if isinstance(codes, str) else "error")


def _flat(details: Any, name: str = "") -> dict[str, list[Any]]:
    """Sentences by field; what lies deeper by its way there, such as `slots.0.starts_at`."""
    if not isinstance(details, dict):
        return {name: list(details)}
    deeper = (_flat(found, f"{name}.{key}" if name else str(key)) for key, found in details.items())
    return {way: sentences for found in deeper for way, sentences in found.items()}


def _body(status: int, detail: str, code: str, **extra: Any) -> dict[str, Any]:
    title = _OTHER_PHRASES.get(status) or HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code} | extra


class _Throttle(SimpleRateThrottle):
    """Counts in the shared cache, by the rate of DIGI_LIMITS[scope]; DIGI_BENCH lifts it."""

    def __init__(self) -> None:
        rate: Rate = settings.DIGI_LIMITS[str(self.scope)]
        self.num_requests, self.duration = rate.burst, rate.seconds

    def get_rate(self) -> str | None:
        return None

    def allow_request(self, request: Request, view: Any) -> bool:
        self.rate = "set"
        return bool(settings.DIGI_BENCH) or super().allow_request(request, view)


class PersonThrottle(_Throttle):
    scope = "api"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"throttle:{self.scope}:{request.user.pk}" if request.user.is_authenticated else None


class ExaminationThrottle(PersonThrottle):
    """For what has a file looked into or texts compared while the person waits."""

    scope = "examinations"


class ExportThrottle(PersonThrottle):
    """For what is taken away as a whole: much is read for it, and it may be about many people."""

    scope = "exports"


class ConfirmationThrottle(PersonThrottle):
    """For passwords that are typed to confirm what is for good."""

    scope = "confirmations"


class AddressThrottle(_Throttle):
    scope = "anonymous"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return None if request.user.is_authenticated else f"throttle:address:{self.get_ident(request)}"
