"""The machine and its Python: open files, clock, time zones, the faster loop."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from digi.management.doctor.findings import Finding, care, fault, fine

resource: Any = import_module("resource") if find_spec("resource") else None  # not on Windows

FILES = 4096  # open files, each socket being one
NEWEST = datetime(2026, 1, 1, tzinfo=UTC)  # it is later than that


def examine() -> Iterator[Finding]:
    try:
        ZoneInfo(settings.DIGI_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        yield fault(
            f"There is no time zone {settings.DIGI_TIME_ZONE}.", "DIGI_TIME_ZONE is a name such as Europe/Berlin."
        )
    else:
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        yield fine(f"New people's time zone is {settings.DIGI_TIME_ZONE}; this machine says it is {now}.")
    if datetime.now(UTC) < NEWEST:
        yield fault(
            "This machine's clock is years behind.", "Set it; certificates, second factors and links count on it."
        )
    yield from _files()
    if os.name != "nt" and find_spec("uvloop") is None:
        yield care("uvloop is not installed: sockets cost a third more.", "python scripts/install.py")


def _files() -> Iterator[Finding]:
    if resource is None:
        yield care("Windows: one process, at most 512 connections.", "For more, put Digi on Linux.")
        return
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FILES:
        yield care(
            f"A process may open {soft} files, and each socket is one.",
            f"ulimit -n {4 * FILES}, or LimitNOFILE={4 * FILES} of the systemd unit.",
        )
    else:
        yield fine(f"A process may open {'any number of' if soft == resource.RLIM_INFINITY else soft} files.")
