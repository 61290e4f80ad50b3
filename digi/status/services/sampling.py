"""Writing down what the metrics say: one row a minute, whichever process is the first to come."""

import logging
from datetime import datetime, timedelta
from math import isfinite

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from digi.metrics import registry
from digi.status import readings
from digi.status.models import MINUTE, Sample, short
from digi.status.readings import Change, Reading
from digi.status.series import SERIES

log = logging.getLogger(__name__)

READING = "status:reading"  # the last one, for all processes
KEPT = 600  # seconds; after a longer pause nobody knows what a counter has gained in its last minute


def sample(now: datetime | None = None) -> Sample | None:
    """Write this minute's row, unless it is there: two queries where it is, and what the metrics cost where not."""
    minute = (now or timezone.now()).replace(second=0, microsecond=0)
    if Sample.objects.minutes().filter(at=minute).exists():
        return None

    change = Change(_before(), readings.read(registry))
    found = {name: measure(change) for name, measure in SERIES.items()}
    numbers = {name: said for name, said in found.items() if said is not None and isfinite(said)}  # JSON knows no other
    try:
        with transaction.atomic():
            made = Sample.objects.create(
                at=minute, minutes=MINUTE, numbers={name: short(said) for name, said in numbers.items()}
            )
    except IntegrityError:  # another process was faster
        return None
    cache.set(READING, (change.now.at, change.now.numbers), KEPT)
    return made


def newest() -> datetime | None:
    """The end of the last minute that was measured."""
    row = Sample.objects.minutes().order_by("-at").first()
    return row.at + timedelta(minutes=MINUTE) if row else None


def _before() -> Reading | None:
    found = cache.get(READING)
    return Reading(*found) if found else None
