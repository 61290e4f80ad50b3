"""Applications: one's own, and the inbox of those that one decides on, with one of them open beside."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError
from digi.files import downloads
from thesis.models import Application
from thesis.services import applicants, applications
from thesis.views import acts
from thesis.views.pile import Pile

SHOWN = ("programme__department", "topic", "student__avatar", "supervisor__avatar", "thesis", "cv_file")


@never_cache
@login_required
@require_safe
def every(request: SignedInRequest) -> HttpResponse:
    """The list alone; what many decisions at once have come to is told once."""
    known = {"pile": Pile(request), "outcome": request.session.pop("applications_outcome", None)}
    return render(request, "thesis/applications.html", known)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: SignedInRequest, application_id: UUID) -> HttpResponse:
    """One application, with what the person may do with it, beside the list it belongs to."""
    found = applicants.find(application_id, request.user)
    offered = acts.offered(found, request.user)
    if request.method == "POST":
        if request.POST.get("verb") == "pick":
            return _pick(request, found)
        return _act(request, found, offered)
    return _drawn(request, found, offered)


@never_cache
@login_required
@require_safe
def cv(request: SignedInRequest, application_id: UUID) -> HttpResponseBase:
    """The curriculum vitae, for those who have a part in the application."""
    application = applicants.find(application_id, request.user)
    if application.cv_file is None:
        raise Http404
    return downloads.send(request, application.cv_file)


def _act(request: SignedInRequest, application: Application, offered: list[acts.Act]) -> HttpResponse:
    act = next((act for act in offered if act.verb == request.POST.get("verb")), None)
    if act is None:
        return _drawn(request, application, offered, status=422, late=request.POST.get("reason", ""))

    act.form = acts.form_of(act.verb, application, act.needs_words, request.POST)
    if act.form.is_valid():
        try:
            acts.DEEDS[act.verb](application=application, by=request.user, **act.form.given())
        except DigiError as error:
            application.refresh_from_db()
            field = error.extra.get("field")
            act.form.add_error(field if field in act.form.fields else None, str(error.message))
            act.form.data = request.POST.copy()
            act.form.data["version"] = str(application.version)
        else:
            messages.success(request, str(acts.DONE[act.verb]))
            return redirect(request.get_full_path())
    return _drawn(request, application, offered, status=422)


def _pick(request: SignedInRequest, application: Application) -> HttpResponse:
    """Choose the time of one's interview."""
    asked = request.POST.get("slot")
    slot = next((slot for slot in application.slots.all() if str(slot.uuid) == asked), None)
    if slot is None:
        messages.error(request, _("There is no such time to choose."))
    else:
        try:
            applications.pick(application=application, slot=slot, by=request.user)
            messages.success(request, _("The time is chosen; whoever decides is told."))
        except DigiError as error:
            messages.error(request, str(error.message))
    return redirect(request.get_full_path())


def _drawn(
    request: SignedInRequest,
    application: Application,
    offered: list[acts.Act],
    status: int = 200,
    late: str | None = None,
) -> HttpResponse:
    """`late` are the words on a step that the application no longer takes: they are given back."""
    whole = Application.objects.select_related(*SHOWN).prefetch_related("slots").get(pk=application.pk)
    known = {
        "pile": Pile(request, whole),
        "application": whole,
        "steps": list(whole.steps.select_related("actor__avatar").order_by("n")),
        "line": acts.line(whole),
        "acts": offered,
        "owners": applicants.owners(whole),
        "late": late,
        "own": whole.student_id == request.user.pk,
    }
    return render(request, "thesis/applications.html", known, status=status)
