"""The list of cameras, a new camera, and what one is called."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from camera.forms import CameraForm, NamesForm
from camera.models import Role
from camera.services import cameras, tokens
from camera.views.frame import entered, framed, island
from camera.views.token import command
from digi.accounts.models import Department
from digi.accounts.models import Role as Office
from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, Forbidden


@never_cache
@login_required
@require_safe
def camera_list(request: SignedInRequest) -> HttpResponse:
    """The cameras that a person may watch, with what they show."""
    shown = list(cameras.visible_to(user=request.user))
    context = {
        "cameras": shown,
        "online": sum(camera.is_online for camera in shown),
        "may_create": request.user.is_superuser or _departments(request).exists(),
        "out": "out" in request.GET,  # a page of a camera has led here: its person may no longer watch
        "island": island(request),
    }
    return render(request, "camera/list.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Make a camera; the answer to the form shows its agent's token, this once."""
    departments = _departments(request)
    if not request.user.is_superuser and not departments.exists():
        raise Forbidden(_("Only a department's coordinators make cameras."))
    form = CameraForm(request.POST or None, departments=departments, none=request.user.is_superuser)
    if form.is_bound and form.is_valid():
        try:
            camera = cameras.create(by=request.user, **form.cleaned_data)
        except DigiError as error:
            _show(form, error)
        else:
            _token, secret = tokens.issue(camera=camera, by=request.user)
            context = framed(request, camera, Role.ADMIN) | {"secret": secret, "fresh": True}
            return render(request, "camera/token.html", context | {"command": command(request, camera, secret)})
    return render(request, "camera/new.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: SignedInRequest, slug: str) -> HttpResponse:
    """What a camera is called, where it is, who may watch; and the way to take it out of service."""
    camera, role = entered(request, slug, Role.ADMIN)
    initial = {"name": camera.name, "location": camera.location, "visibility": camera.visibility}
    form = NamesForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            cameras.rename(camera=camera, by=request.user, **form.cleaned_data)
        except DigiError as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved"))
            return redirect("camera:page", camera.slug)
    context = framed(request, camera, role) | {"form": form}
    return render(request, "camera/rename.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def retire(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take a camera out of service for good."""
    camera, _role = entered(request, slug, Role.ADMIN)
    cameras.retire(camera=camera, by=request.user)
    messages.success(request, _("%(camera)s is out of service.") % {"camera": camera})
    return redirect("camera:list")


def _departments(request: SignedInRequest) -> QuerySet[Department]:
    """Those whose cameras the person may make."""
    if request.user.is_superuser:
        return Department.objects.all()
    offices = request.user.affiliations.filter(role=Office.COORDINATOR)
    return Department.objects.filter(pk__in=offices.values("department"))


def _show(form: CameraForm | NamesForm, error: DigiError) -> None:
    """A service's refusal at the field it is about."""
    fields = error.extra.get("fields") or {}
    for name, sentence in fields.items():
        form.add_error(name if name in form.fields else None, str(sentence))
    if not fields:
        form.add_error("slug" if error.code == "camera_exists" else None, str(error.message))
