"""What was set, by whom, and the way back."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from camera import controls, words
from camera.models import Change, Role
from camera.services import history, settings
from camera.views.frame import done, entered, framed
from digi.accounts.requests import SignedInRequest
from digi.errors import Conflict, DigiError, Invalid

PAGE = 50


@never_cache
@login_required
@require_safe
def changes(request: SignedInRequest, slug: str) -> HttpResponse:
    """The changes of a camera's settings, newest first."""
    camera, role = entered(request, slug)
    found = Paginator(history.changes(camera=camera, by=request.user), PAGE).get_page(request.GET.get("page"))
    lines = [{"change": change, "fields": _fields(change)} for change in found]
    return render(request, "camera/history.html", framed(request, camera, role) | {"found": found, "lines": lines})


@login_required
@require_POST
def undo(request: SignedInRequest, slug: str, revision: int) -> HttpResponse:
    """Set what a change has changed to what it was before."""
    camera, _role = entered(request, slug, Role.OPERATOR)
    error: DigiError | None = None
    try:
        settings.undo(camera=camera, by=request.user, revision=revision)
    except (Conflict, Invalid) as refusal:
        error = refusal
    return done(request, error, "camera:history", slug)


def _fields(change: Change) -> list[dict[str, str]]:
    before, after = words.of_form(change.before), words.of_form(change.after)
    if "resolution" not in after:  # of two modes alike in one side only the other has changed
        before, after = change.before, change.after
    return [
        {"name": words.name(name), "was": words.amount(name, before.get(name)), "is": words.amount(name, after[name])}
        for name in (*controls.ORDER, "width", "height")
        if name in after
    ]
