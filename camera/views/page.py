"""The page of a camera: its picture, and the form that sets it. It works without a script."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from camera import controls, words
from camera.forms import PresetForm, SettingsForm
from camera.models import Camera, Change, Origin, Preset, Role
from camera.services import cameras, history, presets, recordings, settings
from camera.views.frame import done, entered, framed, island
from digi.accounts.requests import SignedInRequest
from digi.errors import Conflict, DigiError, Forbidden, Invalid

OLDEST = 500  # changes back; whoever started from before those sees all that differs as their own


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: SignedInRequest, slug: str) -> HttpResponse:
    """The camera; a POST sets it."""
    camera, role = entered(request, slug)
    if request.method == "POST":
        return _set(request, camera, role)
    return _shown(request, camera, role)


@login_required
@require_POST
def act(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the page's menu does: `reset`, `undo`, `apply` or `delete` a preset, `save` the settings as one."""
    camera, _role = entered(request, slug, Role.OPERATOR)
    error: DigiError | None = None
    try:
        _do(request, camera)
    except (Conflict, Invalid) as refusal:
        error = refusal
    return done(request, error, "camera:page", slug)


@never_cache
@login_required
@require_safe
def preset_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """The presets of a camera, and the form that keeps the present settings as one."""
    camera, role = entered(request, slug, Role.OPERATOR)
    kept = Preset.objects.filter(camera=camera).select_related("created_by")
    return render(
        request, "camera/presets.html", framed(request, camera, role) | {"presets": kept, "form": PresetForm()}
    )


def _do(request: SignedInRequest, camera: Camera) -> None:
    user, data = request.user, request.POST
    match data.get("act", ""):
        case "reset":
            settings.reset(camera=camera, by=user)
        case "undo":
            newest = history.changes(camera=camera, by=user).first()
            if newest is not None:
                settings.undo(camera=camera, by=user, revision=newest.revision, if_revision=newest.revision)
        case "apply":
            presets.apply(preset=_preset(camera, data.get("preset", "")), by=user)
        case "delete":
            presets.delete(preset=_preset(camera, data.get("preset", "")), by=user)
            messages.success(request, _("The preset is deleted."))
        case "save":
            form = PresetForm(data)
            if not form.is_valid():
                raise Invalid(_("A preset has a name of 60 letters at most."))
            presets.save(camera=camera, by=user, name=form.cleaned_data["name"])
            messages.success(request, _("Kept as %(name)s.") % form.cleaned_data)


def _preset(camera: Camera, key: str) -> Preset:
    try:
        return get_object_or_404(Preset, camera=camera, uuid=UUID(key))
    except ValueError as error:
        raise Http404 from error


def _set(request: SignedInRequest, camera: Camera, role: Role) -> HttpResponse:
    if role is Role.VIEWER:
        raise Forbidden(_("Your role at this camera does not allow this."))
    form = SettingsForm(camera, request.POST, request.POST.getlist("switch"))
    if not form.is_valid:
        return _shown(request, camera, role, typed=form.typed, errors=form.errors, status=422)

    base = _at(camera, form.revision)
    try:
        patch = form.patch(words.of_form(base))
        settings.change(camera=camera, by=request.user, patch=patch, if_revision=form.revision, origin=Origin.FORM)
    except Conflict as error:
        return _conflict(request, camera, role, form, base, error)
    except Invalid as error:
        errors = _by_field(error)
        return _shown(request, camera, role, typed=form.typed, errors=errors, status=422)
    return redirect("camera:page", camera.slug)


def _at(camera: Camera, revision: int | None) -> dict[str, Any]:
    """The settings as they were at a revision: what has been changed since is taken back."""
    found = dict(camera.desired)
    if revision is None:
        return found
    for change in Change.objects.filter(camera=camera, revision__gt=revision).order_by("-revision")[:OLDEST]:
        found |= {name: value for name, value in change.before.items() if value is not None}
    return found


def _conflict(
    request: SignedInRequest, camera: Camera, role: Role, form: SettingsForm, base: dict[str, Any], error: Conflict
) -> HttpResponse:
    """Show what others have set meanwhile, and keep what was typed."""
    camera.refresh_from_db()
    before, now = words.of_form(base), words.of_form(camera.desired)
    mine = {name: value for name, value in form.typed.items() if before.get(name) != value}
    differ = [
        {
            "name": words.name(name),
            "theirs": words.amount(name, now.get(name)),
            "mine": words.amount(name, mine[name]) if name in mine and mine[name] != now.get(name) else "",
        }
        for name in controls.ORDER
        if before.get(name) != now.get(name)
    ]
    conflict = {"sentence": str(error.message), "differ": differ, "by": camera.changed_by}
    return _shown(request, camera, role, typed=mine, conflict=conflict, status=error.status)


def _by_field(error: DigiError) -> dict[str, list[str]]:
    fields = error.extra.get("fields") or {"": str(error.message)}
    return {"resolution" if name in ("width", "height") else name: [str(text)] for name, text in fields.items()}


def _shown(
    request: SignedInRequest,
    camera: Camera,
    role: Role,
    *,
    typed: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = {control.name for control in controls.of(camera, {}, {})}
    others = [one for one in cameras.visible_to(user=request.user) if one.pk != camera.pk]
    context = framed(request, camera, role) | {
        "controls": list(controls.of(camera, typed or {}, errors or {})),
        "form_errors": [text for name, texts in (errors or {}).items() if name not in shown for text in texts],
        "conflict": conflict,
        "presets": Preset.objects.filter(camera=camera),
        "newest": history.changes(camera=camera, by=request.user).first(),
        "others": others,
        "online": sum(one.is_online for one in others),
        "recording": recordings.current(camera=camera),
        "offline_reason": words.reason(camera.offline_reason),
        "island": island(request, camera, role) | {"settings": words.of_form(camera.desired)},
    }
    return render(request, "camera/page.html", context, status=status)
