"""The audit as a page. Its lines concern the whole server and no single department: it is for administrators."""

import csv
import io
from collections.abc import Iterable
from math import ceil
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from digi.api import ExportThrottle
from digi.audit import services
from digi.audit.forms import EventFilter
from digi.audit.models import AuditEvent
from digi.audit.services import checking
from digi.errors import NotFound, RateLimited
from digi.moments import moment

PAGE = 50
EXPORTED_AT_MOST = 20_000  # the newest of what the filters leave
COLUMNS = ("n", "at", "actor", "action", "target", "address", "request_id", "details", "hash")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets would run


@never_cache
@login_required
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The newest lines that the filters leave; `before` goes on below a number."""
    _admitted(request)
    form = EventFilter(request.GET)
    rows = form.lines()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        rows = rows.filter(n__lt=int(before[:18]))
    found = list(rows[: PAGE + 1])
    checked, length = checking.standing(), checking.length()
    context = {
        "form": form,
        "lines": _named(found[:PAGE]),
        "before": found[PAGE - 1].n if len(found) > PAGE else None,
        "asked": urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)}),
        "checked": checked,
        "length": length,
        "is_unchecked": checked is not None and checked.n + 1 < length,  # a check adds a line by itself
    }
    return render(request, "audit/events.html", context)


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Check the next stretch of the chain; `anew`: from its first line."""
    _admitted(request)
    checking.go_on(by=request.user, anew="anew" in request.POST)
    return redirect("audit:events")


@never_cache
@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """What the filters leave as CSV. The audit keeps that it was taken away, and by which filters."""
    _admitted(request)
    form = EventFilter(request.GET)
    if not form.is_valid():
        messages.error(request, _("A filter is wrong: nothing was exported."))
        return redirect("audit:events")

    throttle = ExportThrottle()
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it asks for the person alone
        sentence = _("You have taken much away in the last hour. Wait a little.")
        raise RateLimited(sentence, retry_after=ceil(throttle.wait() or 1))
    lines = list(form.lines()[:EXPORTED_AT_MOST])
    services.record(action="audit.exported", actor=request.user, details={"filters": form.used, "lines": len(lines)})
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(_sheet(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _admitted(request: HttpRequest) -> None:
    """Raises `NotFound` for everybody without the right to look."""
    if not request.user.has_perm("audit.view_auditevent"):
        raise NotFound(_("There is nothing here that you may see."))


def _named(lines: list[AuditEvent]) -> list[dict[str, Any]]:
    """Lines with the present names of the people they are about: one query for all."""
    uuids = {uuid for line in lines if (uuid := _uuid(line.target)) is not None}
    people = get_user_model()._default_manager.filter(uuid__in=uuids).values_list("uuid", "username")
    names = {f"user:{uuid}": name for uuid, name in people}
    return [{"line": line, "target": names.get(line.target, line.target)} for line in lines]


def _uuid(target: str) -> UUID | None:
    try:
        return UUID(target.removeprefix("user:")) if target.startswith("user:") else None
    except ValueError:
        return None


def _sheet(lines: Iterable[AuditEvent]) -> str:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(COLUMNS)
    for line in lines:
        actor = line.actor.get_username() if line.actor else ""
        told = (line.action, line.target, line.address, line.request_id, line.details, line.hash)
        sheet.writerow([line.n, moment(line.at), *(_cell(value) for value in (actor, *told))])
    return out.getvalue()


def _cell(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text
