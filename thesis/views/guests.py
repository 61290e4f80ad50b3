"""The page of a reviewer without an account, who came by a link."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from digi.errors import DigiError
from digi.files import downloads
from thesis.forms import refusals
from thesis.forms.guests import RemarkForm
from thesis.models import MemberRole
from thesis.services import guests


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, secret: str) -> HttpResponse:
    """What the link opens: the thesis, its newest papers, and a form that reaches supervisors and examiners."""
    invitation = guests.enter(secret=secret)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            guests.comment(secret=secret, body=form.cleaned_data["body"])
        except DigiError as error:
            refusals.show(form, error)
        else:
            messages.success(request, _("Your remark is with the supervisors and examiners."))
            return redirect("thesis:invited", secret)
    context = {
        "invitation": invitation,
        "thesis": invitation.thesis,
        "students": invitation.thesis.members.current().filter(role=MemberRole.STUDENT).select_related("user"),
        "versions": guests.versions(invitation),
        "remarks": invitation.comments.order_by("pk"),
        "secret": secret,
        "form": form,
    }
    answer = render(request, "thesis/invited.html", context, status=422 if form.is_bound else 200)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


@never_cache
@require_safe
def paper(request: HttpRequest, secret: str, version_id: UUID) -> HttpResponseBase:
    """A version that the link opens, as an attachment."""
    for version in guests.versions(guests.enter(secret=secret)):
        if version.uuid == version_id:
            return downloads.send(request, version.file)
    raise Http404
