"""The present picture of a camera: on cards, and for those whose browser runs no script."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from camera import answers
from camera.services import snapshots, thumbnails
from camera.views.frame import entered
from digi.accounts.requests import SignedInRequest
from digi.errors import Conflict, NotFound

TYPES = {"jpg": "jpeg", "png": "png"}


@login_required
@require_safe
def picture(request: SignedInRequest, slug: str, ending: str) -> HttpResponse:
    """The present picture, as a file."""
    camera, _role = entered(request, slug)
    try:
        content = snapshots.take(camera=camera, by=request.user, kind=TYPES[ending])
    except Conflict as error:
        raise Http404(str(error.message)) from error
    return answers.snapshot(content, name=camera.slug, kind=TYPES[ending])


@login_required
@require_safe
def thumbnail(request: SignedInRequest, slug: str) -> HttpResponse:
    """A small picture of the last minutes, for cards."""
    camera, _role = entered(request, slug)
    try:
        found = thumbnails.of(camera=camera, by=request.user)
    except NotFound as error:
        raise Http404(str(error.message)) from error
    return answers.thumbnail(request, found)
