"""Thinning: a row a minute for two days, a row for a quarter of an hour for thirty, then nothing."""

from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from digi.status.models import QUARTER, Process, Sample, Spread, short

MINUTES_KEPT = timedelta(days=2)
QUARTERS_KEPT = timedelta(days=30)
PROCESSES_KEPT = timedelta(days=1)  # after they were last heard of
LENGTH = timedelta(minutes=QUARTER)


def thin(now: datetime | None = None) -> None:
    """Sum up the quarters that are over and forget what is old. It may run twice, and as late as it likes."""
    now = now or timezone.now()
    with suppress(IntegrityError), transaction.atomic():  # another worker was faster
        _sum_up(now)
    with transaction.atomic():
        Sample.objects.minutes().filter(at__lt=now - MINUTES_KEPT).delete()
        Sample.objects.quarters().filter(at__lt=now - QUARTERS_KEPT).delete()
        Process.objects.filter(seen_at__lt=now - PROCESSES_KEPT).delete()


def quarter_of(at: datetime) -> datetime:
    """When the quarter of an hour began that a moment lies in."""
    return at.replace(minute=at.minute // QUARTER * QUARTER, second=0, microsecond=0)


def _sum_up(now: datetime) -> None:
    last = Sample.objects.quarters().order_by("-at").first()
    rows = Sample.objects.minutes().filter(at__lt=quarter_of(now))
    if last is not None:
        rows = rows.filter(at__gte=last.at + LENGTH)
    quarters: defaultdict[datetime, list[Sample]] = defaultdict(list)
    for row in rows:
        quarters[quarter_of(row.at)].append(row)
    Sample.objects.bulk_create(
        [Sample(at=at, minutes=QUARTER, numbers=_over(rows)) for at, rows in quarters.items()], batch_size=100
    )


def _over(rows: list[Sample]) -> dict[str, list[float]]:
    parts: defaultdict[str, list[Spread]] = defaultdict(list)
    for row in rows:
        for name, spread in row.spreads().items():
            parts[name].append(spread)
    return {name: [short(number) for number in Spread.over(spreads)] for name, spreads in parts.items()}
