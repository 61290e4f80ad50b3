"""Figures for who coordinates a department, and for supervisors about their own theses."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.requests import SignedInRequest
from thesis.services import reports
from thesis.services.reports import Report, Scope
from thesis.services.sheets import FORMULAS
from thesis.views import charts


@dataclass(frozen=True, slots=True)
class Figure:
    """One question: its name, what was found, the chart and the numbers as a table with its heads."""

    key: str
    title: str
    unit: str
    finding: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    bars: charts.Bars | None = None
    curves: charts.Curves | None = None


@never_cache
@login_required
@require_safe
def all_reports(request: SignedInRequest) -> HttpResponse:
    """Where theses stand, how long that takes, who supervises how many, and what came when."""
    offered = reports.scopes(request.user)
    if not offered:
        return render(request, "thesis/reports.html", {"offered": []})
    scope = _scope(offered, request.GET.get("of", offered[0].key))
    report = reports.of(request.user, scope)
    context = {"offered": offered, "scope": scope, "figures": figures(report), "at": report.at}
    return render(request, "thesis/reports.html", context)


@never_cache
@login_required
@require_safe
def numbers(request: SignedInRequest, figure: str) -> HttpResponse:
    """The numbers of one chart as CSV: RFC 4180, UTF-8 with a byte order mark."""
    offered = reports.scopes(request.user)
    scope = _scope(offered, request.GET.get("of", ""))
    found = next((one for one in figures(reports.of(request.user, scope)) if one.key == figure), None)
    if found is None:
        raise Http404
    name = f"theses-{figure}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    sheet = csv.writer(response)
    sheet.writerow(found.heads)
    sheet.writerows([_cell(value) for value in row] for row in found.rows)
    return response


def figures(report: Report) -> list[Figure]:
    """Those to which there is anything to say."""
    made = (_states(report), _times(report), _loads(report), _months(report))
    return [figure for figure in made if figure.rows]


def _states(report: Report) -> Figure:
    rows = [(str(state.label), count) for state, count in report.states if count]
    total = sum(count for _name, count in rows)
    name, most = max(rows, key=lambda row: row[1], default=("", 0))
    finding = _("Most are in the state “%(state)s”: %(most)d of %(all)d.") % {"state": name, "most": most, "all": total}
    bars = charts.bars([(name, count, str(count)) for name, count in rows])
    heads = (_("State"), _("Theses"))
    return Figure("states", _("Theses by state"), _("theses"), finding, heads, rows, bars=bars)


def _times(report: Report) -> Figure:
    rows = [(str(state.label), length, number) for state, length, number in report.times]
    name, longest, _number = max(rows, key=lambda row: row[1], default=("", 0.0, 0))
    finding = _("“%(state)s” takes the longest: half of the theses stay %(days)s days or more.")
    bars = charts.bars([(name, length, _days(length)) for name, length, _number in rows])
    said = finding % {"state": name, "days": formats.number_format(longest)}
    heads = (_("State"), _("Median days"), _("Stays counted"))
    return Figure("times", _("Time in a state"), _("median days, last two years"), said, heads, rows, bars=bars)


def _loads(report: Report) -> Figure:
    rows = [(load.person, load.theses, load.late) for load in report.loads]
    name, most, late = rows[0] if rows else ("", 0, 0)
    finding = _("%(name)s supervises the most: %(most)d, of which %(late)d late.")
    said = finding % {"name": name, "most": most, "late": late}
    bars = charts.bars([(person, count, _load(count, slow)) for person, count, slow in rows])
    heads = (_("Supervisor"), _("Theses under way"), _("Late"))
    return Figure("loads", _("Load of supervisors"), _("theses under way"), said, heads, rows, bars=bars)


def _months(report: Report) -> Figure:
    rows = [(f"{month.first:%Y-%m}", month.opened, month.completed) for month in report.months]
    opened, completed = sum(row[1] for row in rows), sum(row[2] for row in rows)
    finding = _("In twelve months %(opened)d were opened and %(completed)d completed.")
    labels = [formats.date_format(month.first, "M y") for month in report.months]
    series = [(_("opened"), [row[1] for row in rows]), (_("completed"), [row[2] for row in rows])]
    curves = charts.curves(labels, series)
    heads = (_("Month"), _("Opened"), _("Completed"))
    said = finding % {"opened": opened, "completed": completed}
    return Figure("months", _("Opened and completed"), _("theses a month"), said, heads, rows, curves=curves)


def _scope(offered: Sequence[Scope], key: str) -> Scope:
    found = next((scope for scope in offered if scope.key == key), None)
    if found is None:
        raise Http404
    return found


def _days(length: float) -> str:
    return _("%(days)s days") % {"days": formats.number_format(length)}


def _load(count: int, late: int) -> str:
    return _("%(count)d, %(late)d late") % {"count": count, "late": late} if late else str(count)


def _cell(value: Any) -> Any:
    """Nothing that a spreadsheet would run."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value
