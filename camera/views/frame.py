"""What the pages of a camera share: who looks, what the scripts are told, and the list beside it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from camera.models import DEFAULT, Camera, Role
from camera.services import cameras
from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError
from digi.socket_urls import socket_url


def entered(request: SignedInRequest, slug: str, least: Role = Role.VIEWER) -> tuple[Camera, Role]:
    """The camera and the person's role at it. Raises `NotFound` to outsiders, `Forbidden` to lesser roles."""
    camera = cameras.find(slug=slug, user=request.user)
    return camera, cameras.admit(user=request.user, camera=camera, least=least)


def framed(request: SignedInRequest, camera: Camera, role: Role) -> dict[str, Any]:
    """The context of every page of one camera."""
    return {
        "camera": camera,
        "role": role,
        "operates": role.rank >= Role.OPERATOR.rank,
        "administers": role is Role.ADMIN,
    }


def island(request: SignedInRequest, camera: Camera | None = None, role: Role | None = None) -> dict[str, Any]:
    """What the scripts of the pages need to know."""
    known: dict[str, Any] = {
        "zone": request.user.time_zone,
        "singleKeys": request.user.single_keys,
        "pages": reverse("camera:list"),
    }
    if camera is None or role is None:
        return known
    return known | {
        "slug": camera.slug,
        "name": str(camera),
        "role": role.value,
        "socket": socket_url("camera/" if camera.slug == DEFAULT else f"camera/{camera.slug}/"),
        "me": str(request.user),
        "page": reverse("camera:page", args=[camera.slug]),
    }


def done(request: SignedInRequest, error: DigiError | None, *way: str) -> HttpResponse:
    """The answer to an act: back to a page for people, 204 or what went wrong for the page's script."""
    if request.headers.get("Accept") == "application/json":
        if error is None:
            return HttpResponse(status=204)
        return JsonResponse({"detail": str(error.message), "code": error.code}, status=error.status)
    if error is not None:
        messages.error(request, str(error.message))
    return redirect(*way)
