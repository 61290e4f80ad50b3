"""Does the worker live, is anything late, and can cameras be recorded?"""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings
from django.utils import timezone

from camera.models import Camera
from digi.management.doctor.findings import Finding, Level, care, fine
from digi.status.models import Process
from digi.status.parts import Level as Standing
from digi.status.services import checks

LEVELS = {Standing.GOOD: Level.FINE, Standing.CARE: Level.CARE, Standing.HARM: Level.FAULT}
ELSEWHERE = {"Disk", "Measuring"}  # parts that others look at, or that want a running server


def examine() -> Iterator[Finding]:
    """What the status page says of the worker, jobs, mails, webhooks and releases."""
    now = timezone.now()
    processes = list(Process.objects.filter(seen_at__gt=now - timedelta(days=1)))
    for part in checks.all_of(processes, now):
        if part.name not in ELSEWHERE:
            yield Finding(LEVELS[part.level], f"{part.name}: {part.sentence}", part.todo)


def cameras() -> Iterator[Finding]:
    if not Camera.objects.in_service().exists():
        yield fine("There is none.")
        return
    try:
        import_module("av")
    except ImportError as error:
        yield care(f"Recordings cannot be written here: {error}.", "python scripts/install.py")
    name = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost") or "localhost"
    try:
        with urlopen(Request(f"{settings.DIGI_INTERNAL_URL}/healthz", headers={"Host": name}), timeout=3):  # noqa: S310 - a setting
            yield fine(f"The worker reaches the server at {settings.DIGI_INTERNAL_URL}, to record.")
    except (HTTPError, OSError, ValueError) as error:
        yield care(
            f"From here no server answers at {settings.DIGI_INTERNAL_URL}: {type(error).__name__}.",
            "If the worker runs here, start the server, or set DIGI_INTERNAL_URL to where it listens.",
        )
