"""What was recorded: a list to play and delete; recording begins and ends here, too."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from camera.models import Role
from camera.services import recordings
from camera.views.frame import done, entered, framed
from digi.accounts.requests import SignedInRequest
from digi.errors import Conflict
from digi.files.downloads import send

PAGE = 12


@never_cache
@login_required
@require_safe
def recording_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """A camera's recordings, newest first."""
    camera, role = entered(request, slug)
    found = Paginator(recordings.of(camera=camera, by=request.user), PAGE).get_page(request.GET.get("page"))
    context = framed(request, camera, role) | {"found": found, "running": recordings.current(camera=camera)}
    return render(request, "camera/recordings.html", context)


@login_required
@require_POST
def record(request: SignedInRequest, slug: str) -> HttpResponse:
    """Begin to record, or end it: `act` is start or stop. Leads back to the `next` of the two pages."""
    camera, _role = entered(request, slug, Role.OPERATOR)
    error = None
    try:
        if request.POST.get("act") != "stop":
            recordings.start(camera=camera, by=request.user)
        elif (running := recordings.current(camera=camera)) is not None:
            recordings.stop(recording=running, by=request.user)
    except Conflict as refusal:
        error = refusal
    return done(request, error, "camera:page" if request.POST.get("next") == "page" else "camera:recordings", slug)


@login_required
@require_POST
def delete(request: SignedInRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Delete a recording that has ended, and its files."""
    entered(request, slug, Role.OPERATOR)
    recording = recordings.find(uuid=uuid, by=request.user)
    try:
        recordings.delete(recording=recording, by=request.user)
    except Conflict as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The recording is deleted."))
    return redirect("camera:recordings", slug)


@login_required
@require_safe
def part(request: SignedInRequest, slug: str, uuid: UUID, n: int) -> HttpResponseBase:
    """A part of a recording, as MP4; browsers ask for ranges of it."""
    recording = recordings.find(uuid=uuid, by=request.user)
    found = next((one for one in recording.parts.all() if one.n == n), None)
    if found is None or found.file is None or recording.camera.slug != slug:
        raise Http404
    return send(request, found.file)
