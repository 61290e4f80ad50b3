"""How log lines look: each with the request's id, the same for our own and for libraries' loggers, and without secrets.

Who writes a log line names ids and no contents. What a library or an exception quotes all the same is left out here.
"""

import logging
import re

import structlog

from digi.server.access import redact_all

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_ORDER = ["timestamp", "level", "logger", "event"]
_SECRETS = (
    (re.compile(r"(://)[^\s/@'\"]+@"), r"\1…@"),  # user and password of a URL
    (re.compile(r"(?<=[\w/])\?[\w.%~\[\]-]+=[^\s'\"<>)]*"), "?…"),  # a query
    (re.compile(r"\b(?:digi_|dgc_|dgr_|whsec_)[\w+/=-]{8,}|\bZ0FBQUFB[\w-]+"), "…"),  # our tokens, opaque ids
    (re.compile(r"(?i)\b(bearer|basic|token)(\s+)[\w.~+/=-]{8,}"), r"\1\2…"),
    (
        re.compile(r"(?i)\b(\w*(?:password|secret|token|sessionid|cookie))(['\"]?\s*[=:]\s*b?['\"]?)[^\s'\",;&}]+"),
        r"\1\2…",
    ),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),  # somebody's mail address
)

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def formatter(shape: str) -> logging.Formatter:
    """The formatter that settings.LOGGING names, in the shape of DIGI_LOG_FORMAT: `lines`, `logfmt` or `json`."""
    shapes: dict[str, structlog.typing.Processor] = {
        "lines": structlog.dev.ConsoleRenderer(colors=True),
        "logfmt": structlog.processors.LogfmtRenderer(key_order=_ORDER),
        "json": structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
    }
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_secrets,
            _in_order,
            shapes[shape],
        ],
    )


def scrub(text: str) -> str:
    """The text without what opens something: ids and keys in paths, queries, tokens, passwords, mail addresses."""
    text = redact_all(text)
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _without_secrets(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for name, value in line.items():
        if isinstance(value, str) and name != "timestamp":
            line[name] = scrub(value)
    return line


def _in_order(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    first = {name: line[name] for name in _ORDER if name in line}
    return {**first, **line}
