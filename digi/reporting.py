"""Faults are told to a Sentry-compatible server, where DIGI_SENTRY_DSN names one. Imported only then.

What leaves the house is put together here, from a list of what may: which kind of error, where in the code, on which
route and under which request id. The words of an exception stay in the log, for they quote what people wrote; so do
values, paths, addresses and names.
"""

import logging
from typing import Any

import sentry_sdk
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import BadDsn
from structlog.contextvars import get_contextvars

from digi import __version__

KEPT = ("event_id", "timestamp", "level", "platform", "release", "environment", "logger", "sdk")
FRAME = ("filename", "function", "module", "lineno", "in_app")
OURS = ("digi", "chat", "thesis", "camera", "django")  # whose log lines are sentences with gaps, filled in apart


def start() -> None:
    """Tell of what is logged as an error from now on, and of what ends the process. Raises `ImproperlyConfigured`."""
    try:
        sentry_sdk.init(
            dsn=settings.DIGI_SENTRY_DSN,
            release=f"digi@{__version__}",
            environment=settings.DIGI_SENTRY_ENVIRONMENT,
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[
                LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None),
                ExcepthookIntegration(),
                DedupeIntegration(),
                AtexitIntegration(callback=_say_nothing),
            ],
            before_send=_bare,
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            server_name="digi",
            auto_session_tracking=False,
            send_client_reports=False,
            in_app_include=["digi", "chat", "thesis", "camera"],
        )
    except BadDsn as error:
        raise ImproperlyConfigured("DIGI_SENTRY_DSN is an address such as https://key@sentry.example/1.") from error


def _bare(event: Event, hint: Hint) -> Event:
    """Of what the SDK has gathered, what may leave."""
    given: dict[str, Any] = dict(event)
    bare: dict[str, Any] = {name: given[name] for name in KEPT if name in given}
    record = hint.get("log_record")
    if record is not None and record.name.partition(".")[0] in OURS and isinstance(record.msg, str):
        bare["logentry"] = {"message": record.msg}
    values = given.get("exception", {}).get("values", ())
    bare["exception"] = {"values": [_where(value) for value in values]}
    request = getattr(record, "request", None)
    context = get_contextvars()
    tags = {"request_id": context.get("request_id") or getattr(request, "id", None), "job": context.get("job")}
    if request is not None:
        bare["transaction"] = getattr(getattr(request, "resolver_match", None), "route", "")
        tags |= {"method": request.method, "status": getattr(record, "status_code", None)}
    bare["tags"] = {name: str(value) for name, value in tags.items() if value}
    return bare  # type: ignore[return-value]


def _where(value: dict[str, Any]) -> dict[str, Any]:
    """The kind of an exception and the places it came through, without its words."""
    frames = value.get("stacktrace", {}).get("frames", ())
    bare = {name: value[name] for name in ("type", "module", "mechanism") if value.get(name)}
    bare["stacktrace"] = {"frames": [{name: frame.get(name) for name in FRAME} for frame in frames]}
    return bare


def _say_nothing(_pending: int, _seconds: float) -> None:
    """The SDK would write on standard error how long it waits for the server at the end: two seconds at most."""
