"""The list of meetings, and one meeting with its minutes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.requests import SignedInRequest
from digi.errors import NotFound
from thesis.forms.meetings import MeetingForm
from thesis.models import Meeting, MeetingState, Thesis
from thesis.services import plan
from thesis.services.access import Standing
from thesis.states import Part, State
from thesis.views.frame import entered, framed

CLOSED = (State.ARCHIVED, State.WITHDRAWN)


@never_cache
@login_required
@require_safe
def meetings(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Those to come, the next one first, and those that are over, the latest first."""
    thesis, standing = entered(request, thesis_id)
    return listed(request, thesis, standing)


@never_cache
@login_required
@require_safe
def meeting(request: SignedInRequest, thesis_id: UUID, meeting_id: UUID) -> HttpResponse:
    """One meeting: when and where, what is to be spoken of, what was said, and what came of it."""
    thesis, standing = entered(request, thesis_id)
    return shown(request, thesis, standing, meeting_of(thesis, meeting_id))


def listed(
    request: SignedInRequest, thesis: Thesis, standing: Standing, *, status: int = 200, **opened: Any
) -> HttpResponse:
    """`opened` are forms in hand, by the names that the template knows."""
    frame = framed(request, thesis, standing)
    rows = [(row, _is_over(row)) for row in thesis.meetings.order_by("starts_at", "pk")]
    context = {
        "coming": [row for row, over in rows if not over],
        "past": [row for row, over in reversed(rows) if over],
        "form": MeetingForm(),
        "works": may(thesis, standing),
    }
    return render(request, "thesis/meetings/list.html", frame | context | opened, status=status)


def shown(
    request: SignedInRequest, thesis: Thesis, standing: Standing, meeting: Meeting, *, status: int = 200, **opened: Any
) -> HttpResponse:
    frame = framed(request, thesis, standing)
    context = {
        "meeting": meeting,
        "ends_at": ends(meeting),
        "tasks": list(meeting.action_items.select_related("assignee__avatar").order_by("pk")),
        "is_cancelled": meeting.state == MeetingState.CANCELLED,
        "is_over": _is_over(meeting),
        "works": may(thesis, standing) and meeting.state != MeetingState.CANCELLED,
    }
    return render(request, "thesis/meetings/one.html", frame | context | opened, status=status)


def meeting_of(thesis: Thesis, meeting_id: UUID) -> Meeting:
    meeting = Meeting.objects.select_related("thesis", "created_by").filter(thesis=thesis, uuid=meeting_id).first()
    if meeting is None:
        raise NotFound(_("There is no such meeting."))
    return meeting


def may(thesis: Thesis, standing: Standing) -> bool:
    """May the person plan meetings and write minutes here?"""
    return thesis.state not in CLOSED and standing.may(*plan.PLANNERS, Part.EXAMINER)


def ends(meeting: Meeting) -> Any:
    return meeting.starts_at + timedelta(minutes=meeting.minutes_long)


def _is_over(meeting: Meeting) -> bool:
    return meeting.state == MeetingState.HELD or ends(meeting) < timezone.now()
