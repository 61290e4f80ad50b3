"""What was measured over a while, in equal parts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from digi.status.models import QUARTER, Sample, SampleQuerySet, Spread

Series = list[Spread | None]
Numbers = dict[str, float | list[float]]  # as a row holds them
_Sum = tuple[float, float, float, int]  # the least, all together, the greatest, of how many: a month has 90 000


@dataclass(frozen=True, slots=True)
class Stretch:
    """How far back one looks, how long each part is, and each row of the table of numbers."""

    length: timedelta
    part: timedelta
    row: timedelta


class Range(Enum):
    HOUR = Stretch(timedelta(hours=1), timedelta(minutes=1), timedelta(minutes=5))
    DAY = Stretch(timedelta(days=1), timedelta(minutes=15), timedelta(hours=1))
    WEEK = Stretch(timedelta(days=7), timedelta(hours=2), timedelta(hours=6))
    MONTH = Stretch(timedelta(days=30), timedelta(hours=8), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class History:
    """Each series as its parts from `start` on, `step` long each; None where nothing was measured."""

    start: datetime
    step: timedelta
    length: int
    series: dict[str, Series]

    @property
    def end(self) -> datetime:
        return self.start + self.step * self.length

    def of(self, name: str) -> Series:
        return self.series.get(name) or [None] * self.length


def read(reach: Range, now: datetime) -> History:
    """The parts until now; the last one is still growing. Two or three queries."""
    stretch = reach.value
    end = _next(now, stretch.part)
    start = end - stretch.length
    length = stretch.length // stretch.part
    sums: defaultdict[str, list[_Sum | None]] = defaultdict(lambda: [None] * length)
    for at, numbers in _rows(reach, start, end):
        part = (at - start) // stretch.part
        for name, said in numbers.items():
            low, mean, high = said if isinstance(said, list) else (said, said, said)
            known = sums[name][part]
            sums[name][part] = (
                (min(known[0], low), known[1] + mean, max(known[2], high), known[3] + 1)
                if known
                else (low, mean, high, 1)
            )
    series = {name: [_spread(one) for one in found] for name, found in sums.items()}
    return History(start, stretch.part, length, series)


def coarser(history: History, row: timedelta) -> History:
    """The same in longer parts, for a table; `row` is a multiple of the history's step."""
    times = row // history.step
    series: dict[str, Series] = {
        name: [
            Spread.over(told) if (told := [one for one in found[n : n + times] if one]) else None
            for n in range(0, len(found), times)
        ]
        for name, found in history.series.items()
    }
    return History(history.start, row, -(-history.length // times), series)


def _rows(reach: Range, start: datetime, end: datetime) -> list[tuple[datetime, Numbers]]:
    """Minutes for the hour; else the quarters that are summed up, and the minutes since."""
    within: SampleQuerySet = Sample.objects.filter(at__gte=start, at__lt=end)
    if reach is Range.HOUR:
        return list(within.minutes().values_list("at", "numbers"))
    quarters = list(within.quarters().values_list("at", "numbers"))
    since = quarters[-1][0] + timedelta(minutes=QUARTER) if quarters else start
    return quarters + list(within.minutes().filter(at__gte=since).values_list("at", "numbers"))


def _spread(told: _Sum | None) -> Spread | None:
    return Spread(told[0], told[1] / told[3], told[2]) if told else None


def _next(now: datetime, part: timedelta) -> datetime:
    """The end of the part that `now` lies in; parts begin at midnight UTC."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + part * ((now - midnight) // part + 1)
