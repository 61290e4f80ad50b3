"""A department's settings, for those who coordinate it: its name, its people and their roles, its programmes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from digi.accounts.models import Affiliation, Department, Role, User
from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, NotFound
from thesis.forms.departments import NameForm, ProgrammeForm, RoleForm
from thesis.models import Application, Programme, Thesis
from thesis.services import access, offices
from thesis.states import ACTIVE, OPEN

SHOWN = 50  # people at a time; more are found by name


@never_cache
@login_required
@require_safe
def departments(request: SignedInRequest) -> HttpResponse:
    """Those that the person coordinates; the only one opens at once."""
    found = offices.coordinated_by(request.user)
    if not found and not request.user.is_superuser:
        raise NotFound(_("There is nothing here that you may see."))
    if len(found) == 1:
        return redirect("thesis:settings", found[0].slug)
    return render(request, "thesis/departments/list.html", {"departments": found})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest, slug: str) -> HttpResponse:
    """The department's facts and programmes. POST gives it another name."""
    department = offices.find(slug, request.user)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": department.name})
    if form.is_bound and form.stored(department=department, by=request.user):
        messages.success(request, _("The department is renamed."))
        return redirect("thesis:settings", slug)
    roles = Affiliation.objects.filter(department=department)
    counts = dict(roles.values_list("role").annotate(people=Count("user")).order_by())
    context = {
        "department": department,
        "form": form,
        "roles": [(label, value, counts.get(value, 0)) for value, label in Role.choices],
        "programmes": _programmes(department),
    }
    return render(request, "thesis/departments/settings.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who is what: `q` looks for a name, `role` narrows. POST gives a role."""
    department = offices.find(slug, request.user)
    form = RoleForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.stored(department=department, by=request.user):
        messages.success(request, _("The role is given."))
        return redirect("thesis:department_people", slug)
    words, role = request.GET.get("q", "").strip()[:120], request.GET.get("role", "")
    found = _members(department, words, role)
    context = {
        "department": department,
        "form": form,
        "q": words,
        "role": role,
        "roles": Role.choices,
        "people": _with_roles(department, list(found.select_related("avatar")[:SHOWN])),
        "count": found.count(),
        "shown": SHOWN,
    }
    return render(request, "thesis/departments/people.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def withdraw(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take the role that the button names: `role` from `username`."""
    department = offices.find(slug, request.user)
    wanted = {"username": request.POST.get("username", ""), "role": request.POST.get("role", "")}
    try:
        offices.withdraw(department=department, by=request.user, **wanted)
        messages.success(request, _("The role is withdrawn."))
    except DigiError as error:
        messages.error(request, str(error.message))
    if not access.coordinates(request.user, department):
        return redirect("home")
    return redirect("thesis:department_people", slug)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def programme(request: SignedInRequest, slug: str, programme_id: UUID | None = None) -> HttpResponse:
    """A new programme, or one that there is; what a change concerns is said before it is made."""
    department = offices.find(slug, request.user)
    row = _programme(department, programme_id)
    form = ProgrammeForm(request.POST if request.method == "POST" else None, programme=row)
    if form.is_bound and form.stored(department=department, by=request.user):
        messages.success(request, _("The programme is saved.") if row else _("The programme is made."))
        return redirect("thesis:settings", slug)
    context: dict[str, Any] = {"department": department, "form": form, "programme": row}
    if row:
        context["theses"] = Thesis.objects.filter(programme=row, state__in=sorted(ACTIVE)).count()
        context["applications"] = Application.objects.filter(programme=row, state__in=sorted(OPEN)).count()
    return render(request, "thesis/departments/programme.html", context, status=422 if form.is_bound else 200)


def _programmes(department: Department) -> list[Programme]:
    under_way = Count("theses", filter=Q(theses__state__in=sorted(ACTIVE)))
    return list(Programme.objects.filter(department=department).annotate(under_way=under_way).order_by("name"))


def _programme(department: Department, programme_id: UUID | None) -> Programme | None:
    if programme_id is None:
        return None
    found = Programme.objects.filter(department=department, uuid=programme_id).first()
    if found is None:
        raise NotFound(_("There is no such programme."))
    return found


def _members(department: Department, words: str, role: str) -> Any:
    """The department's people, by name."""
    roles = Affiliation.objects.filter(department=department)
    if role in Role.values:
        roles = roles.filter(role=role)
    return User.objects.named(words).filter(pk__in=roles.values("user")).order_by("search_text", "pk")


def _with_roles(department: Department, found: list[User]) -> list[dict[str, Any]]:
    held: dict[int, list[tuple[str, str]]] = {}
    for user_id, role in Affiliation.objects.filter(department=department, user__in=found).values_list("user", "role"):
        held.setdefault(user_id, []).append((role, str(Role(role).label)))
    order = {value: n for n, value in enumerate(Role.values)}
    return [{"user": user, "roles": sorted(held[user.pk], key=lambda one: order[one[0]])} for user in found]
