"""What people do to meetings: plan, move, write the minutes, cancel."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, Stale
from thesis.forms import conflicts, refusals
from thesis.forms.meetings import MeetingForm, MinutesForm
from thesis.models import Meeting, MeetingState
from thesis.services import meetings
from thesis.views.frame import entered
from thesis.views.meetings.pages import listed, meeting_of, shown

FORM = "GET", "HEAD", "POST"


@never_cache
@login_required
@require_http_methods(FORM)
def add(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Plan a meeting; everybody on the thesis is told."""
    thesis, standing = entered(request, thesis_id)
    if request.method != "POST":
        return listed(request, thesis, standing, adding=True)

    form = MeetingForm(request.POST)
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            meetings.arrange(thesis=thesis, by=request.user, **values)
        except DigiError as error:
            refusals.show(form, error)
        else:
            return redirect("thesis:meetings", thesis.uuid)
    return listed(request, thesis, standing, form=form, adding=True, status=422)


@never_cache
@login_required
@require_http_methods(FORM)
def move(request: SignedInRequest, thesis_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Another time, place or agenda."""
    thesis, standing = entered(request, thesis_id)
    meeting = meeting_of(thesis, meeting_id)
    if request.method != "POST":
        return shown(request, thesis, standing, meeting, moving=MeetingForm.of(meeting))

    form = MeetingForm.of(meeting, request.POST)
    if form.is_valid():
        theirs = _changed(form, meeting, request, **form.cleaned_data)
        if not form.errors:
            return redirect("thesis:meeting", thesis.uuid, meeting.uuid)
        return shown(request, thesis, standing, meeting, moving=form, theirs=theirs, status=422)
    return shown(request, thesis, standing, meeting, moving=form, status=422)


@never_cache
@login_required
@require_http_methods(FORM)
def minutes(request: SignedInRequest, thesis_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Write the minutes; a meeting that has begun was held then, and its action items become tasks."""
    thesis, standing = entered(request, thesis_id)
    meeting = meeting_of(thesis, meeting_id)
    if request.method != "POST":
        return shown(request, thesis, standing, meeting, writing=MinutesForm.of(meeting))

    form = MinutesForm.of(meeting, request.POST)
    if not form.is_valid():
        return shown(request, thesis, standing, meeting, writing=form, status=422)
    before = meeting.action_items.count()
    held = {"state": MeetingState.HELD} if meeting.starts_at <= timezone.now() else {}
    theirs = _changed(form, meeting, request, **form.cleaned_data, **held)
    if form.errors:
        return shown(request, thesis, standing, meeting, writing=form, theirs=theirs, status=422)
    made = meeting.action_items.count() - before
    if made:
        sentence = ngettext("%(count)d task came of it.", "%(count)d tasks came of it.", made)
        messages.success(request, sentence % {"count": made})
    return redirect("thesis:meeting", thesis.uuid, meeting.uuid)


@never_cache
@login_required
@require_http_methods(FORM)
def cancel(request: SignedInRequest, thesis_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Ask, then cancel; everybody on the thesis is told."""
    thesis, standing = entered(request, thesis_id)
    meeting = meeting_of(thesis, meeting_id)
    if request.method != "POST":
        return shown(request, thesis, standing, meeting, cancelling=True)

    meetings.change(meeting=meeting, by=request.user, state=MeetingState.CANCELLED)
    messages.success(request, _("The meeting is cancelled. Everybody on the thesis is told."))
    return redirect("thesis:meetings", thesis.uuid)


def _changed(form: Any, meeting: Meeting, request: SignedInRequest, **values: Any) -> Meeting | None:
    """Change it, or put into the form why not; where somebody was faster, the meeting as they left it."""
    try:
        meetings.change(meeting=meeting, by=request.user, **values)
    except Stale as error:
        refusals.show(form, error)
        conflicts.stands_against(form, meeting)
        return meeting
    except DigiError as error:
        refusals.show(form, error)
    return None
