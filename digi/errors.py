"""What a person may be told. The edges (pages, API, sockets) render these; anything else is a bug."""

from typing import Any

from django.utils.functional import Promise

Sentence = str | Promise


class DigiError(Exception):
    """An error with a stable `code`, an HTTP `status` and a sentence for the person.

    `extra` holds what a client can act on, as plain JSON values: `retry_after` in seconds, `rev`, `field` …
    """

    code = "error"
    status = 400

    def __init__(self, message: Sentence, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.extra = extra


class Invalid(DigiError):
    """What was sent breaks a rule that its sender can keep."""

    code = "invalid"


class SignedOut(DigiError):
    """Nobody is signed in, or no longer."""

    code = "signed_out"
    status = 401


class Forbidden(DigiError):
    """The person is known and may not do this."""

    code = "forbidden"
    status = 403


class NotFound(DigiError):
    """There is nothing here that this person may see: the same for missing and forbidden."""

    code = "not_found"
    status = 404


class Conflict(DigiError):
    """Somebody or something was faster; `extra` says what stands there now."""

    code = "conflict"
    status = 409


class Stale(Conflict):
    """The caller acts on a `version` that stands no longer; `extra` holds the present one."""

    code = "stale"
    status = 412


class TooLarge(DigiError):
    """More than a stated limit; `extra` names the limit."""

    code = "too_large"
    status = 413


class RateLimited(DigiError):
    """Too fast; `retry_after` tells the seconds to wait."""

    code = "rate_limited"
    status = 429


class Unavailable(DigiError):
    """The server cannot do it just now; the same again may work."""

    code = "unavailable"
    status = 503
