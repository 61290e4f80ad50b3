"""Who may watch a camera, and who may set it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from camera.forms import GrantForm
from camera.models import Grant, Role
from camera.services import grants
from camera.views.frame import entered, framed
from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedInRequest, slug: str) -> HttpResponse:
    """The grants of a camera; a POST gives one."""
    camera, role = entered(request, slug, Role.ADMIN)
    form = GrantForm(request.POST or None, initial={"role": Role.VIEWER})
    if form.is_bound and form.is_valid():
        name = form.cleaned_data["username"].strip().lower()
        user = User.objects.present().filter(username=name).first()
        if user is None:
            form.add_error("username", _("There is nobody of this name."))
        else:
            try:
                grants.give(camera=camera, by=request.user, user=user, role=form.cleaned_data["role"])
            except DigiError as error:
                form.add_error("username", str(error.message))
            else:
                return redirect("camera:people", slug)
    given = Grant.objects.filter(camera=camera).select_related("user").order_by("user__display_name", "pk")
    context = framed(request, camera, role) | {"form": form, "grants": given}
    return render(request, "camera/people.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def withdraw(request: SignedInRequest, slug: str, grant: int) -> HttpResponse:
    """Take a role away; the person is led out at once."""
    camera, _role = entered(request, slug, Role.ADMIN)
    row = get_object_or_404(Grant.objects.select_related("camera", "user"), camera=camera, pk=grant)
    grants.withdraw(grant=row, by=request.user)
    messages.success(request, _("%(person)s no longer has a role here.") % {"person": row.user})
    return redirect("camera:people", slug)
