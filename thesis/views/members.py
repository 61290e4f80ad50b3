"""Who belongs to a thesis: roles given and taken, supervision handed over, reviewers invited by a link."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from digi.accounts.models import Role, User
from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, NotFound
from thesis.forms import refusals
from thesis.forms.members import AddForm, InviteForm
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.services import access, guests, members
from thesis.services.access import Standing
from thesis.states import Part, State
from thesis.views.frame import entered, framed


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_list(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """The people of a thesis; posting brings one in."""
    thesis, standing = entered(request, thesis_id)
    if request.method != "POST":
        return _page(request, thesis, standing, chosen=_somebody(request.GET.get("add", "")))
    form = AddForm(request.POST)
    user = _somebody(request.POST.get("user", ""))
    if form.is_valid():
        values = {"role": form.cleaned_data["role"], "until": form.cleaned_data["until"]}
        try:
            if user is None:
                raise NotFound(_("There is nobody of this name."), code="unknown_person")
            members.add(thesis=thesis, user=user, by=request.user, **values)
        except DigiError as error:
            refusals.show(form, error)
        else:
            messages.success(request, _("%(name)s is on the thesis.") % {"name": user})
            return redirect("thesis:members", thesis.uuid)
    return _page(request, thesis, standing, chosen=user, add=form)


@never_cache
@login_required
@require_POST
def remove(request: SignedInRequest, thesis_id: UUID, member_id: UUID) -> HttpResponse:
    """Take a role away, or leave."""
    thesis, standing = entered(request, thesis_id)
    member: ThesisMember | None = thesis.members.current().select_related("user").filter(uuid=member_id).first()
    if member is None:
        raise NotFound(_("There is no such member."))
    try:
        members.remove(thesis=thesis, member=member, by=request.user)
    except DigiError as error:
        return _page(request, thesis, standing, asked=member_id, refusal=str(error.message))
    if (
        member.user_id == request.user.pk
        and not Thesis.objects.worked_on_by(request.user).filter(pk=thesis.pk).exists()
    ):
        messages.success(request, _("You have left the thesis “%(title)s”.") % {"title": thesis})
        return redirect("home")
    said = _("%(name)s is no longer %(role)s.") % {"name": member.user, "role": member.get_role_display()}
    messages.success(request, said)
    return redirect("thesis:members", thesis.uuid)


@never_cache
@login_required
@require_POST
def hand_over(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Give the thesis to another supervisor; whoever gives it away has then left it."""
    thesis, standing = entered(request, thesis_id, Part.SUPERVISOR)
    user = _somebody(request.POST.get("to", ""))
    if user is None:
        raise NotFound(_("There is nobody of this name."), code="unknown_person")
    try:
        members.hand_over(thesis=thesis, to=user, by=request.user)
    except DigiError as error:
        return _page(request, thesis, standing, chosen=user, handing=True, refusal=str(error.message))
    messages.success(request, _("%(name)s supervises the thesis now.") % {"name": user})
    return redirect("thesis:members", thesis.uuid) if _is_inside(request, thesis) else redirect("home")


@never_cache
@login_required
@require_POST
def invite(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Make a link for a reviewer without an account: it stands in the answer to the form alone."""
    thesis, standing = entered(request, thesis_id, Part.SUPERVISOR)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invitation, secret = guests.invite(thesis=thesis, by=request.user, **form.cleaned_data)
        except DigiError as error:
            refusals.show(form, error)
        else:
            link = request.build_absolute_uri(reverse("thesis:invited", args=[secret]))
            return _page(request, thesis, standing, link=link, invited=invitation.name)
    return _page(request, thesis, standing, invite=form)


@login_required
@require_POST
def revoke(request: SignedInRequest, thesis_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Take a link back; it opens nothing from now on."""
    thesis, _standing = entered(request, thesis_id, Part.SUPERVISOR)
    invitation = thesis.invitations.filter(uuid=invitation_id).first()
    if invitation is None:
        raise NotFound(_("There is nothing here that you may see."))
    guests.revoke(invitation=invitation, by=request.user)
    messages.success(request, _("The link of %(name)s opens nothing any more.") % {"name": invitation.name})
    return redirect("thesis:members", thesis.uuid)


def _page(request: SignedInRequest, thesis: Thesis, standing: Standing, **more: Any) -> HttpResponse:
    context: dict[str, Any] = framed(request, thesis, standing)
    open_to_change = context["supervises"] and thesis.state not in (State.ARCHIVED, State.WITHDRAWN)
    chosen: User | None = more.get("chosen") if open_to_change else None
    words = request.GET.get("q", "").strip()[:120]
    context |= {
        "q": words,
        "found": User.objects.found_by(words) if open_to_change else [],
        "manages": open_to_change,
        "supervisors": {member.user_id for member in context["members"] if member.role == "supervisor"},
        "invitations": list(thesis.invitations.order_by("-pk")) if context["supervises"] else [],
        "links": set(thesis.invitations.standing().values_list("pk", flat=True)) if context["supervises"] else set(),
        "add": AddForm(user=chosen.username, role=_likely(thesis, chosen)) if chosen else None,
        "invite": InviteForm(),
        "asked": request.GET.get("remove", ""),
        "handing": "handing" in request.GET,
    } | {name: value for name, value in more.items() if value is not None}
    refused = bool(more.get("refusal")) or any(more.get(name) is not None for name in ("add", "invite"))
    return render(request, "thesis/members.html", context, status=422 if refused else 200)


def _likely(thesis: Thesis, user: User) -> MemberRole:
    """The role that they come for most likely."""
    department = thesis.programme.department_id
    if not access.has_role(user, department, Role.SUPERVISOR):
        return MemberRole.EXAMINER if access.has_role(user, department, Role.EXAMINER) else MemberRole.STUDENT
    return MemberRole.CO_SUPERVISOR


def _is_inside(request: SignedInRequest, thesis: Thesis) -> bool:
    """Has the person still a way in, now that a role is gone?"""
    return access.standing(thesis, request.user).is_inside


def _somebody(name: str) -> User | None:
    present = User.objects.present().select_related("avatar")
    found: User | None = present.filter(username=name.strip().lower()).first()
    return found
