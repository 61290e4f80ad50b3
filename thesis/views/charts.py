"""Charts that the server draws: numbers into places on a canvas that is 480 wide."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 480
LABEL, VALUE = 160, 90  # beside the bars of a list
ROW = 28
LEFT, TOP, HIGH, FOOT = 36, 12, 130, 24  # around curves


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    words: str
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Lying bars, one below the other; `words` stand at their ends."""

    height: int
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Curve:
    name: str
    points: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves over the same places; `grid` and `ticks` are heights and places with their words."""

    height: int
    base: int
    curves: list[Curve]
    grid: list[tuple[int, int]]
    ticks: list[tuple[int, str]]


def bars(rows: Sequence[tuple[str, float, str]]) -> Bars:
    """Of `(label, value, words)`; the longest takes the whole place."""
    most = max([value for _label, value, _words in rows], default=0) or 1
    room = WIDE - LABEL - VALUE
    drawn = [
        Bar(label, words, n * ROW, max(round(value / most * room), 2 if value else 0))
        for n, (label, value, words) in enumerate(rows)
    ]
    return Bars(len(rows) * ROW, drawn)


def curves(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Curves:
    """Of `(name, values)`, as many values as labels; from zero, with at most four lines across."""
    most = max([value for _name, values in series for value in values], default=0)
    step = next(one for one in _steps() if one * 4 >= max(most, 1))
    top = step * -(-max(most, 1) // step)
    room = WIDE - LEFT - 78  # the curves' names stand at their ends

    def x(n: int) -> int:
        return LEFT + round(n / max(len(labels) - 1, 1) * room)

    def y(value: float) -> int:
        return TOP + HIGH - round(value / top * HIGH)

    drawn = [
        Curve(name, " ".join(f"{x(n)},{y(value)}" for n, value in enumerate(values)), x(len(values) - 1), y(values[-1]))
        for name, values in series
    ]
    grid = [(y(value), value) for value in range(step, top + 1, step)]
    ticks = [(x(n), label) for n, label in enumerate(labels) if n % 2 == 1]
    return Curves(TOP + HIGH + FOOT, TOP + HIGH, _apart(drawn), grid, ticks)


def _steps() -> list[int]:
    return [digit * 10**power for power in range(9) for digit in (1, 2, 5)]


def _apart(drawn: list[Curve]) -> list[Curve]:
    """Names at the ends do not stand on each other."""
    apart: list[Curve] = []
    for curve in sorted(drawn, key=lambda one: one.y):
        lowest = apart[-1].y + 16 if apart else 0
        apart.append(Curve(curve.name, curve.points, curve.x, max(curve.y, lowest)))
    return apart
