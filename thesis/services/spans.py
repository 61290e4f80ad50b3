"""Bars of a plan: theses over weeks. Pure: from rows that are read already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from thesis.services.rows import Row

WEEK = timedelta(days=7)
BEFORE, BEHIND = 26, 52  # weeks shown at most before today and after it
LEAST = 12  # weeks


@dataclass(frozen=True, slots=True)
class Span:
    """So many weeks of a row: `kind` "" is a gap, else done, late, now, planned or date."""

    weeks: int
    kind: str = ""
    title: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: int
    now: bool


@dataclass(frozen=True, slots=True)
class Line:
    row: Row
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class Chart:
    """`now` is where today's line stands, in hundredths of the width."""

    months: list[Month]
    lines: list[Line]
    weeks: int
    now: float


def of(rows: Sequence[Row], today: date) -> Chart:
    """The weeks from the first start to the last day of these theses, as far as they lie near today."""
    earliest = today - BEFORE * WEEK
    near = [row.thesis for row in rows if row.thesis.due_on and row.thesis.due_on >= earliest]
    days = [day for thesis in near for day in (thesis.start_on, thesis.due_on) if day]
    first = max(min([*days, today]), earliest)
    last = max(min(max([*days, today]), today + BEHIND * WEEK), first + LEAST * WEEK)
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // 7 + 1
    now = ((today - monday).days + 0.5) / (weeks * 7) * 100
    return Chart(
        _months(monday, weeks, today), [_line(row, monday, weeks, today) for row in rows], weeks, round(now, 2)
    )


def _months(monday: date, weeks: int, today: date) -> list[Month]:
    mondays = [monday + n * WEEK for n in range(weeks)]
    grouped = groupby(mondays, key=lambda day: (day.year, day.month))
    this = (today.year, today.month)
    return [Month(date(*month, 1), sum(1 for _ in those), month == this) for month, those in grouped]


def _line(row: Row, monday: date, weeks: int, today: date) -> Line:
    """From its start to its day, cut where milestones are due; one without dates is one gap."""
    thesis = row.thesis
    if not thesis.start_on or not thesis.due_on:
        return Line(row, [Span(weeks)])
    if thesis.due_on < monday or thesis.start_on >= monday + weeks * WEEK:
        return Line(row, [Span(weeks, "date", "", thesis.due_on)])

    def week(day: date) -> int:
        return min(max((day - monday).days // 7, 0), weeks - 1)

    over = thesis.submitted_at is not None
    cuts = [(one.due_on, str(one.title), one.done_at is not None) for one in row.milestones if one.due_on]
    inside = [cut for cut in cuts if thesis.start_on < cut[0] < thesis.due_on]
    spans, at, before = [Span(week(thesis.start_on))], week(thesis.start_on), thesis.start_on
    for day, title, done in [*sorted(inside), (thesis.due_on, "", over)]:
        end = week(day) + 1
        if end > at:
            spans.append(Span(end - at, _kind(before, day, done=done, today=today), title, day))
            at, before = end, day
    return Line(row, _filled(spans, weeks - at))


def _kind(start: date, end: date, *, done: bool, today: date) -> str:
    if done:
        return "done"
    if end < today:
        return "late"
    return "now" if start <= today else "planned"


def _filled(spans: Iterable[Span], rest: int) -> list[Span]:
    return [span for span in (*spans, Span(rest)) if span.weeks]
