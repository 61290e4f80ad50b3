"""The charts of the page: one question each, drawn from a history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from digi.status import amounts, scales
from digi.status.amounts import Amount
from digi.status.models import Spread
from digi.status.scales import Scale, Shape, Tick
from digi.status.services.history import History, Range, Series, coarser


@dataclass(frozen=True, slots=True)
class Question:
    """What a chart shows: at most three series, by their names in the samples and in words."""

    key: str
    title: Promise
    unit: Promise
    series: Sequence[tuple[str, Promise]]
    amount: Amount = amounts.count
    whole: bool = False
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """One series as it is drawn, and what it comes to."""

    name: str
    shape: Shape
    last: str
    low: str
    mean: str
    high: str


@dataclass(frozen=True, slots=True)
class Figure:
    question: Question
    finding: str
    scale: Scale
    lines: list[tuple[float, str]]
    curves: list[Curve]
    words: list[list[str]]
    heads: list[str]
    rows: list[tuple[datetime, list[str]]]


@dataclass(frozen=True, slots=True)
class Axis:
    """What all charts of a page share: moments with their words, where nothing was measured, each part's time."""

    ticks: list[tuple[Tick, str]]
    gaps: list[tuple[float, float]]
    times: list[str]


def axis(history: History, reach: Range) -> Axis:
    zone = timezone.get_current_timezone()
    shape = {Range.HOUR: "TIME_FORMAT", Range.DAY: "TIME_FORMAT", Range.WEEK: "D", Range.MONTH: "j M"}[reach]
    ticks = [(tick, formats.date_format(tick.at, shape)) for tick in scales.ticks(history.start, history.end, zone)]
    times = (timezone.localtime(history.start + history.step * n) for n in range(history.length))
    written = {Range.HOUR: "H:i", Range.DAY: "H:i", Range.WEEK: "D H:i", Range.MONTH: "j M H:i"}[reach]
    return Axis(ticks, scales.gaps(list(history.series.values())), [formats.date_format(at, written) for at in times])


def figure(question: Question, history: History, reach: Range) -> Figure | None:
    """None where there is nothing to draw."""
    told = [(name, str(label), history.of(name)) for name, label in question.series]
    told = [one for one in told if any(one[2])]
    if not told:
        return None

    highest = max(part.high for _name, _label, parts in told for part in parts if part)
    on = scales.scale(highest, whole=question.whole, binary=question.binary)
    curves = [_curve(label, parts, on, question.amount) for _name, label, parts in told]
    heads, rows = _table(question, history, reach, told)
    return Figure(
        question=question,
        finding=_finding(question, curves),
        scale=on,
        lines=[(on.y(line), question.amount(line)) for line in on.lines],
        curves=curves,
        words=[[_mean(parts[n], question.amount) for _name, _label, parts in told] for n in range(history.length)],
        heads=heads,
        rows=rows,
    )


def _curve(label: str, parts: Series, on: Scale, amount: Amount) -> Curve:
    known = [part for part in parts if part]
    over = Spread.over(known)
    last = parts[-1] or (parts[-2] if len(parts) > 1 else None)
    return Curve(
        name=label,
        shape=scales.shape(parts, on),
        last=_mean(last, amount),
        low=amount(over.low),
        mean=amount(over.mean),
        high=amount(over.high),
    )


def _mean(part: Spread | None, amount: Amount) -> str:
    return amount(part.mean) if part else "–"


def _finding(question: Question, curves: list[Curve]) -> str:
    said = _("%(name)s: last %(last)s, on average %(mean)s, at most %(high)s.")
    if len(curves) == 1:
        said = _("Last %(last)s, on average %(mean)s, at most %(high)s.")
    return " ".join(said % {"name": one.name, "last": one.last, "mean": one.mean, "high": one.high} for one in curves)


def _table(
    question: Question, history: History, reach: Range, told: list[tuple[str, str, Series]]
) -> tuple[list[str], list[tuple[datetime, list[str]]]]:
    """The newest first. One series is told with its least and greatest, several by their means."""
    table = coarser(history, reach.value.row)
    columns = [table.of(name) for name, _label, _parts in told]
    single = len(told) == 1
    heads = [_("Min"), _("Mean"), _("Max")] if single else [label for _name, label, _parts in told]
    rows = []
    for n in reversed(range(table.length)):
        parts = [column[n] for column in columns]
        if any(parts):
            said = list(parts[0] or ()) if single else [part.mean if part else None for part in parts]
            rows.append((table.start + table.step * n, ["–" if one is None else question.amount(one) for one in said]))
    return heads, rows
