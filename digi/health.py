"""Is the process alive, and can it do its work? For load balancers, containers and people with curl."""

import time
from collections.abc import Callable
from functools import lru_cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi import crypto
from digi.files.carriers import Refused
from digi.files.services import storage
from digi.server.probe import send_round_the_layer


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part with its state, and 503 where one fails. A failure names its kind and never a host or a key.

    Without files a server is `limited`, and goes on: all its neighbours are without them, too, and people talk.
    """
    tried = parts()
    failing = {name for name, part in tried.items() if not part["ok"]}
    status = "failing" if failing - SPARED else "limited" if failing else "ok"
    return JsonResponse({"status": status, "parts": tried}, status=503 if failing - SPARED else 200)


def parts() -> dict[str, dict[str, object]]:
    """Each part as it is now: `ok` with the milliseconds it took, or the kind of its error."""
    return {name: _tried(part) for name, part in PARTS.items()}


def _tried(part: Callable[[], None]) -> dict[str, object]:
    start = time.perf_counter()
    try:
        part()
    except Exception as error:  # whatever it is, this page is where it is reported
        return {"ok": False, "error": error.reason if isinstance(error, Refused) else type(error).__name__}
    return {"ok": True, "ms": round((time.perf_counter() - start) * 1000, 1)}


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


class MigrationsMissing(Exception):
    """The code is newer than the tables."""


def migrations_missing() -> frozenset[tuple[str, str]]:
    """Those of the code that were not applied: each an app and a name."""
    return _migrations_in_code() - set(MigrationRecorder(connection).applied_migrations())


def _migrations() -> None:
    if migrations_missing():
        raise MigrationsMissing


@lru_cache
def _migrations_in_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _keys() -> None:
    ring = crypto.ring()
    ring.open(ring.seal(b"ready", b"readyz"), b"readyz")


PARTS = {
    "database": _database,
    "migrations": _migrations,
    "layer": send_round_the_layer,
    "keys": _keys,
    "files": storage.reach,
}
SPARED = {"files"}
