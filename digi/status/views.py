"""How the server is, on one page. It concerns the whole server, so it is for administrators."""

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi import health
from digi.accounts.requests import SignedInRequest
from digi.errors import NotFound
from digi.status.figures import Figure, axis, figure
from digi.status.models import Process
from digi.status.questions import CHAPTERS, RANGES
from digi.status.services import history, standing
from digi.status.services.history import History, Range


@never_cache
@login_required
@require_safe
def status(request: SignedInRequest) -> HttpResponse:
    """What is wrong and what to do, the processes, and charts of the last hour, day, week or month."""
    if not request.user.is_superuser:
        raise NotFound(_("There is nothing here that you may see."))

    now = timezone.now()
    reach = next((one for one in Range if one.name.lower() == request.GET.get("over")), Range.HOUR)
    past = history.read(reach, now)
    processes = list(Process.objects.all())
    parts = standing.parts(health.parts(), processes, now)
    level, sentence = standing.summary(parts)
    context = {
        "now": now,
        "level": level,
        "sentence": sentence,
        "parts": parts,
        "processes": [one for one in processes if one.is_alive(now)],
        "ranges": [(one.name.lower(), label, one is reach) for one, label in RANGES.items()],
        "span": RANGES[reach],
        "axis": axis(past, reach),
        "chapters": _chapters(past, reach),
        "every": reach.value.part.total_seconds() // 4,
    }
    return render(request, "status/page.html", context)


def _chapters(past: History, reach: Range) -> list[tuple[Any, list[Figure]]]:
    """Those charts to which there is anything to say."""
    drawn = [(title, figure(question, past, reach)) for title, questions in CHAPTERS for question in questions]
    told = [(title, one) for title, one in drawn if one]
    return [(title, [one for _title, one in run]) for title, run in groupby(told, key=lambda pair: pair[0])]
