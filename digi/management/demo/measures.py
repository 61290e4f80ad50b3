"""A day of what a department's server might have measured, so that the status page has something to draw."""

import random
from datetime import datetime, timedelta
from math import exp

from django.utils import timezone

from digi.status.models import MINUTE, Sample
from digi.status.services import checks, keeping

DAY = timedelta(days=1)
PAUSE = (3 * 60 + 10, 3 * 60 + 35)  # minutes of the day in which the server was off for an update


def make_up() -> int:
    """Fill the last day, where nothing was measured before; how many minutes were written."""
    if Sample.objects.exists():
        return 0
    chance = random.Random(7)  # noqa: S311 - the same day every time
    now = timezone.now().replace(second=0, microsecond=0)
    free, whole = checks.disk()
    used = whole - free
    minutes = (now - DAY + timedelta(minutes=n) for n in range(24 * 60))
    rows = [
        Sample(at=at, minutes=MINUTE, numbers=_numbers(at, now, chance, used, whole))
        for at in minutes
        if not PAUSE[0] <= at.hour * 60 + at.minute < PAUSE[1]
    ]
    Sample.objects.bulk_create(rows, batch_size=100)
    keeping.thin(now)
    return len(rows)


def _numbers(at: datetime, now: datetime, chance: random.Random, used: int, whole: int) -> dict[str, float]:
    """One minute: people come at nine, eat at noon, talk most at three."""
    hour = at.hour + at.minute / 60
    busy = (
        exp(-(((hour - 10) / 2.2) ** 2))
        + 1.1 * exp(-(((hour - 15) / 2.4) ** 2))
        + 0.15 * exp(-(((hour - 21) / 2) ** 2))
    )
    people = round(3 + 44 * busy * chance.uniform(0.93, 1.07))
    talk = people * 0.9 * chance.uniform(0.6, 1.4)
    viewers = round(5 * busy * chance.uniform(0.6, 1.4))
    late = chance.uniform(0, 25) if people > 8 else 0
    return {
        "people": people,
        "sockets": round(people * 1.9),
        "requests": round(people * 6 * chance.uniform(0.7, 1.3), 1),
        "requests failed": 0,
        "stored": round(talk, 1),
        "deliveries": round(talk * (2.2 + people / 30), 1),
        "batch": round(1 + talk / 400, 2),
        "batch p95": round(1 + talk / 40, 2),
        "commit p50": round(0.0021 + talk / 60_000, 5),
        "commit p95": round((0.006 + talk / 9000) * chance.uniform(0.8, 1.5), 5),
        "gaps": chance.choice((0,) * 19 + (1,)),
        "layer drops": 0,
        "layer failures": 0,
        "mails waiting": round(late / 8),
        "mails failed": 0,
        "mails sent": round(people / 15 * chance.uniform(0.2, 1.8)),
        "webhooks failing": 0,
        "mails late": round(late, 1),
        "jobs waiting": chance.choice((0, 0, 0, 1, 2)) if people > 8 else 0,
        "jobs failed": 0,
        "jobs late": 0,
        "viewers": viewers,
        "frames": round(chance.uniform(29.2, 30.2), 2),
        "dropped": round(viewers * chance.choice((0, 0, 0, 0.4)), 2),
        "recordings": 640 * 2**20,
        "memory of servers": round((148 + 0.9 * people + chance.uniform(-2, 2)) * 2**20),
        "memory of workers": round((96 + chance.uniform(-1, 1)) * 2**20),
        "disk": used - round((now - at) / DAY * 0.4 * 2**30),
        "disk size": whole,
    }
