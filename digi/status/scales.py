"""Charts as geometry: numbers into places on a canvas, without a word about what they mean. All functions are pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from digi.status.models import Spread

WIDE, HIGH = 1000, 100  # the canvas: the page stretches it sideways and keeps its height
LINES = 4  # across, at most


@dataclass(frozen=True, slots=True)
class Scale:
    """From zero to `top`, a line every `step`."""

    top: float
    step: float

    @property
    def lines(self) -> list[float]:
        return [self.step * n for n in range(1, round(self.top / self.step) + 1)]

    def y(self, value: float) -> float:
        return round(HIGH - max(0.0, min(value, self.top)) / self.top * HIGH, 2)


@dataclass(frozen=True, slots=True)
class Shape:
    """A line through the means and the area between the least and the greatest, as SVG paths; both may be empty."""

    line: str
    band: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the axis: how far along it is, 0 to 100."""

    at: datetime
    place: float


def scale(highest: float, *, whole: bool = False, binary: bool = False) -> Scale:
    """Round numbers up to the highest value: 1, 2 and 5 times powers of ten, or powers of two of bytes.

    `whole`: no line between two whole numbers.
    """
    highest = max(highest, 1 if whole or binary else 0.001)
    step = next(one for one in _steps(binary) if one * LINES >= highest and (one >= 1 or not whole))
    return Scale(top=step * -(-highest // step), step=step)


def shape(parts: Sequence[Spread | None], on: Scale) -> Shape:
    """One series. Where nothing was measured there is neither line nor area."""
    stretches = list(_stretches(parts))
    spread = any(part and part.low != part.high for part in parts)
    return Shape(
        line=" ".join(_line([(x, on.y(part.mean)) for x, part in stretch]) for stretch in stretches),
        band=" ".join(_band(stretch, on) for stretch in stretches if len(stretch) > 1) if spread else "",
    )


def gaps(parts: Sequence[Sequence[Spread | None]]) -> list[tuple[float, float]]:
    """Where none of the series was measured: from and how wide, on the canvas. The end is still to come."""
    length = max((len(one) for one in parts), default=0)
    told = [any(one[n] is not None for one in parts) for n in range(length)]
    while told and not told[-1]:
        told.pop()
    found = []
    for is_told, places in groupby(range(len(told)), key=told.__getitem__):
        if not is_told:
            run = list(places)
            start = run[0] / length * WIDE
            found.append((round(start, 1), round((run[-1] + 1) / length * WIDE - start, 1)))
    return found


def ticks(start: datetime, end: datetime, zone: ZoneInfo) -> list[Tick]:
    """Moments that people count by, in their zone: ten minutes, four hours, days, five days."""
    length = end - start
    found = (at for at in _moments(start.astimezone(zone), length) if start < at < end)
    placed = (Tick(at, round((at - start) / length * 100, 2)) for at in found)
    return [tick for tick in placed if 3 <= tick.place <= 97]


def _steps(binary: bool) -> Iterator[float]:
    if binary:
        yield from (float(2**power) for power in range(80))
    else:
        yield from (digit * 10.0**power for power in range(-4, 19) for digit in (1, 2, 5))


def _stretches(parts: Sequence[Spread | None]) -> Iterator[list[tuple[float, Spread]]]:
    """What was measured without a pause, each part in its middle."""
    width = WIDE / max(len(parts), 1)
    for is_told, run in groupby(enumerate(parts), key=lambda one: one[1] is not None):
        if is_told:
            yield [(round((n + 0.5) * width, 1), part) for n, part in run if part is not None]


def _line(points: list[tuple[float, float]]) -> str:
    if len(points) == 1:  # round ends make a dot of it
        return f"M{points[0][0]:g} {points[0][1]:g}h0"
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _band(stretch: list[tuple[float, Spread]], on: Scale) -> str:
    upper = [f"{x:g} {on.y(part.high):g}" for x, part in stretch]
    lower = [f"{x:g} {on.y(part.low):g}" for x, part in reversed(stretch)]
    return "M" + "L".join(upper + lower) + "Z"


def _moments(start: datetime, length: timedelta) -> Iterator[datetime]:
    """On the clock of the wall, so that a day is a day when the clocks change."""
    wall, zone = start.replace(tzinfo=None), start.tzinfo
    if length <= timedelta(hours=1):
        at, step = wall.replace(minute=0, second=0, microsecond=0), timedelta(minutes=10)
    elif length <= timedelta(days=1):
        at, step = wall.replace(hour=0, minute=0, second=0, microsecond=0), timedelta(hours=4)
    else:
        at = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        step = timedelta(days=1 if length <= timedelta(days=7) else 5)
    while at <= wall + length + timedelta(hours=2):
        yield at.replace(tzinfo=zone)
        at += step
