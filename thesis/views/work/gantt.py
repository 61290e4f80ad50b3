"""The plan by weeks: a table whose bars are cells that span weeks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from thesis.models import Milestone, Thesis

WEEK = timedelta(days=7)
AROUND = 1  # weeks that are shown after the last date
LEAST, MOST = 8, 104  # weeks of a chart
ROOM = 5  # weeks that a bar's words take


@dataclass(frozen=True, slots=True)
class Bar:
    """`before`, `long` and `after` are weeks and make up the chart's. A short bar has its words `beside` it: "after",
    or "before" where nothing is left after it.
    """

    name: str
    kind: str  # done, now, late, date, or empty: to come
    words: str
    icon: str
    before: int
    long: int
    after: int
    beside: str


@dataclass(frozen=True, slots=True)
class Month:
    """`weeks` that begin in it."""

    day: date
    weeks: int
    current: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """`now` says in per cent where today is between the first and the last day."""

    weeks: int
    months: list[Month]
    bars: list[Bar]
    now: str


@dataclass(frozen=True, slots=True)
class _Range:
    """From a Monday on, so many weeks."""

    first: date
    weeks: int

    def place(self, name: str, kind: str, words: str, icon: str, start: date, end: date) -> Bar:
        """A bar from day to day, cut to what the chart shows."""
        last = self.weeks - 1
        one, other = (min(max((day - self.first) // WEEK, 0), last) for day in (start, end))
        long = max(other - one, 0) + 1
        after = self.weeks - one - long
        beside = ""
        if long < ROOM:
            beside = "after" if after >= ROOM else "before" if one >= ROOM else ""
        return Bar(name, kind, words, icon, one, long, after, beside)


def drawn(thesis: Thesis, milestones: Sequence[Milestone], today: date) -> Chart | None:
    """Each milestone from the one before it to its own day; None where no milestone has one.

    `milestones` come by their days. A thesis without a start begins with its opening.
    """
    dated = [(milestone, milestone.due_on) for milestone in milestones if milestone.due_on]
    if not dated:
        return None
    start = min(thesis.start_on or timezone.localdate(thesis.created_at), dated[0][1])
    defence = timezone.localdate(thesis.defence_at) if thesis.defence_at else None
    ends = [dated[-1][1], today, *(day for day in (thesis.due_on, defence) if day)]
    span = _span(start, max(ends))

    bars = list(_bars(span, dated, start, today))
    if thesis.due_on:
        bars.append(span.place(_("Hand in"), "date", _day(thesis.due_on), "flag", thesis.due_on, thesis.due_on))
    if defence:
        bars.append(span.place(_("Defence"), "date", _day(defence), "presentation", defence, defence))
    now = (today - span.first).days / (span.weeks * 7) * 100
    return Chart(span.weeks, list(_months(span, today)), bars, f"{min(max(now, 0), 100):.2f}%")


def _span(start: date, end: date) -> _Range:
    monday = start - timedelta(days=start.weekday())
    return _Range(monday, min(max((end - monday) // WEEK + 1 + AROUND, LEAST), MOST))


def _bars(span: _Range, dated: Iterable[tuple[Milestone, date]], start: date, today: date) -> Iterator[Bar]:
    begun = start
    for milestone, due in dated:
        kind, words, icon = _state(milestone, due, begun, today)
        yield span.place(milestone.title, kind, words, icon, begun, due)
        begun = due


def _state(milestone: Milestone, due: date, begun: date, today: date) -> tuple[str, str, str]:
    if milestone.done_at is not None:
        return "done", _("Done"), "check"
    if due < today:
        return "late", _("Late"), "clock"
    return "now" if begun <= today else "", _("Until %(day)s") % {"day": _day(due)}, ""


def _months(span: _Range, today: date) -> Iterator[Month]:
    mondays = [span.first + WEEK * number for number in range(span.weeks)]
    for (year, month), weeks in groupby(mondays, key=lambda day: (day.year, day.month)):
        yield Month(date(year, month, 1), len(list(weeks)), (year, month) == (today.year, today.month))


def _day(day: date) -> str:
    return formats.date_format(day, "MONTH_DAY_FORMAT")
