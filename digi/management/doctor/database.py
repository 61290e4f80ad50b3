"""Does the database answer, is it new enough and set as it should be, and does its clock agree with ours?"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, NotSupportedError, connection
from django.db.utils import InterfaceError

from digi import health, sql_server
from digi.management.doctor.findings import Finding, care, fault, fine

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "microsoft": "SQL Server"}
NOW = {"postgresql": "SELECT clock_timestamp()", "microsoft": "SELECT SYSUTCDATETIME()"}
SKEW = 5  # seconds by which two clocks may differ
SLOW = 0.05  # seconds for a question about nothing


def examine() -> Iterator[Finding]:
    name = NAMES.get(connection.vendor, connection.vendor)
    try:
        connection.ensure_connection()
        connection.check_database_version_supported()
    except NotSupportedError as error:
        yield fault(f"This {name} is too old: {error}", "Update it.")
        return
    except (DatabaseError, InterfaceError, OSError) as error:
        yield fault(
            f"{name} does not answer at {_place()}: {type(error).__name__}.",
            "See whether it runs, whether DIGI_DATABASE_URL leads to it, and whether name and password are right.",
        )
        return
    took = _took()
    yield fine(f"{name} {_version()} answers at {_place()}, in {took * 1000:.1f} ms.")
    if took > SLOW:
        yield care("Its answers are slow.", "Put it near the server: each page asks it a dozen times.")
    yield from _tables()
    if connection.vendor == "sqlite":
        yield from _sqlite()
    else:
        yield from _clock()
    if connection.vendor == "microsoft" and not sql_server.reads_snapshots("default"):
        yield fault(
            "READ_COMMITTED_SNAPSHOT is off: whoever reads waits for whoever writes.",
            "While nobody is connected: ALTER DATABASE … SET READ_COMMITTED_SNAPSHOT ON.",
        )


def _place() -> str:
    given = connection.settings_dict
    return str(given["NAME"]) if connection.vendor == "sqlite" else f"{given['HOST']}:{given['PORT'] or 'its port'}"


def _version() -> str:
    try:
        return ".".join(map(str, connection.get_database_version()))
    except NotImplementedError:  # mssql-django tells no version; it has checked that it knows this one
        return ""


def _took() -> float:
    """Seconds for a question about nothing, the second time it is asked."""
    _asked("SELECT 1")
    began = time.perf_counter()
    _asked("SELECT 1")
    return time.perf_counter() - began


def _asked(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _tables() -> Iterator[Finding]:
    missing = health.migrations_missing()
    if missing:
        some = ", ".join(f"{app}.{name}" for app, name in sorted(missing)[:3])
        yield fault(
            f"Tables are older than the code: {len(missing)} migrations are missing ({some}).", "manage.py migrate"
        )
    else:
        yield fine("Its tables fit this release.")


def _sqlite() -> Iterator[Finding]:
    mode = _asked("PRAGMA journal_mode")
    if mode != "wal":
        yield fault(
            f"Its journal is “{mode}” and not WAL: readers wait for writers.",
            "Put the file on a disk of this machine; network folders cannot do it.",
        )
    if not settings.DIGI_DURABLE and not settings.DEBUG:
        yield care(
            "DIGI_DURABLE=0: a power cut may take the last seconds of messages with it.",
            "Set it to 1, or live with it.",
        )


def _clock() -> Iterator[Finding]:
    told = _asked(NOW[connection.vendor]) if connection.vendor in NOW else None
    if told is None:
        return
    apart = abs((datetime.now(UTC) - (told if told.tzinfo else told.replace(tzinfo=UTC))).total_seconds())
    if apart > SKEW:
        yield care(
            f"The clock of the database and that of this machine are {apart:.0f} s apart.",
            "Let both machines keep time by NTP: leases, limits and second factors count on it.",
        )
