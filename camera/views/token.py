"""The token of a camera's agent: shown once, renewed."""

import shlex

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from camera.models import AgentToken, Camera, Role
from camera.services import tokens
from camera.views.frame import entered, framed
from digi.accounts.requests import SignedInRequest


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def token(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which token opens the door to this camera's agent; a POST puts a fresh one in its place."""
    camera, role = entered(request, slug, Role.ADMIN)
    secret = ""
    if request.method == "POST":
        _token, secret = tokens.rotate(camera=camera, by=request.user)
    context = framed(request, camera, role) | {
        "secret": secret,
        "command": command(request, camera, secret) if secret else "",
        "tokens": AgentToken.objects.filter(camera=camera, revoked_at=None).select_related("created_by"),
    }
    return render(request, "camera/token.html", context)


def command(request: HttpRequest, camera: Camera, secret: str) -> str:
    """The command line that makes a machine this camera, with the clock as a source to begin with."""
    server = request.build_absolute_uri(get_script_prefix())
    parts = ["python", "-m", "camera.agent", "--server", server, "--camera", camera.slug, "--token", secret]
    return shlex.join([*parts, "--source", "clock"])
