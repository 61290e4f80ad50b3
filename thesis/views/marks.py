"""Examiners' reports, and the marks of students."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, NotFound
from thesis.forms import refusals
from thesis.forms.marks import MarkForm, PublishForm, ReportForm
from thesis.models import Assessment, Mark, MemberRole, Thesis
from thesis.models.people import EXAMINING
from thesis.services import marks
from thesis.services.access import Standing
from thesis.states import Part, State
from thesis.views.frame import entered, framed


@never_cache
@login_required
@require_safe
def mark_page(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """What the person may see of reports and marks, and the forms of an examiner."""
    thesis, standing = entered(request, thesis_id)
    return _page(request, thesis, standing)


@never_cache
@login_required
@require_POST
def report(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Keep one's report as a draft, or hand it in."""
    thesis, standing = entered(request, thesis_id, Part.EXAMINER)
    mine: Assessment | None = thesis.assessments.filter(examiner=request.user).first()
    form = ReportForm(request.POST, mine=mine)
    submit = "hand_in" in request.POST
    if form.is_valid():
        text, version = form.cleaned_data["report"], form.cleaned_data["version"]
        try:
            marks.report(thesis=thesis, by=request.user, text=text, submit=submit, version=version)
        except DigiError as error:
            refusals.show(form, error)
        else:
            messages.success(request, _("Your report is handed in.") if submit else _("Your draft is kept."))
            return redirect("thesis:marks", thesis.uuid)
    return _page(request, thesis, standing, report=form)


@never_cache
@login_required
@require_POST
def enter(request: SignedInRequest, thesis_id: UUID, username: str) -> HttpResponse:
    """Enter or correct the mark of a student."""
    thesis, standing = entered(request, thesis_id, Part.EXAMINER)
    students = thesis.members.current().filter(role=MemberRole.STUDENT, user__username=username)
    member = students.select_related("user").first()
    if member is None:
        raise NotFound(_("There is no such student on this thesis."))
    mark: Mark | None = thesis.marks.filter(student=member.user_id).first()
    form = MarkForm(request.POST, student=member.user, mark=mark)
    if form.is_valid():
        values = {"value": form.cleaned_data["value"], "version": form.cleaned_data["version"]}
        try:
            marks.enter(thesis=thesis, student=member.user, by=request.user, **values)
        except DigiError as error:
            refusals.show(form, error)
        else:
            messages.success(request, _("The mark of %(name)s is entered.") % {"name": member.user})
            return redirect("thesis:marks", thesis.uuid)
    return _page(request, thesis, standing, mark=form)


@never_cache
@login_required
@require_POST
def publish(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Show every student their mark."""
    thesis, standing = entered(request, thesis_id, Part.EXAMINER)
    try:
        marks.publish(thesis=thesis, by=request.user, versions=PublishForm(request.POST).seen)
    except DigiError as error:
        return _page(request, thesis, standing, refusal=str(error.message))
    messages.success(request, _("The marks are published."))
    return redirect("thesis:marks", thesis.uuid)


def _page(
    request: SignedInRequest,
    thesis: Thesis,
    standing: Standing,
    *,
    report: ReportForm | None = None,
    mark: MarkForm | None = None,
    refusal: str = "",
) -> HttpResponse:
    context: dict[str, Any] = framed(request, thesis, standing)
    reports = list(marks.reports_for(thesis, request.user, standing).select_related("examiner__avatar").order_by("pk"))
    found = marks.marks_for(thesis, request.user, standing).select_related("student", "entered_by")
    seen = {one.student_id: one for one in found}
    mine = next((one for one in reports if one.examiner_id == request.user.pk), None)
    examines = Part.EXAMINER in standing.parts and thesis.state in marks.REPORTING
    rows = [
        (member.user, seen.get(member.user_id), _form(mark, member.user, seen, examines))
        for member in context["members"]
        if member.role == MemberRole.STUDENT and (standing.is_staff or member.user_id == request.user.pk)
    ]
    examiners = {member.user_id for member in context["members"] if member.role in EXAMINING}
    unpublished = examines and thesis.state == State.GRADED and any(one.published_at is None for one in seen.values())
    context |= {
        "reports": [one for one in reports if one is not mine or one.submitted_at],
        "missing": len(examiners - {one.examiner_id for one in reports if one.submitted_at}),
        "report": (report or ReportForm(mine=mine)) if examines and not (mine and mine.submitted_at) else None,
        "kept": mine.report if report and mine and mine.report != report.data.get("report") else "",
        "rows": rows,
        "publish": PublishForm(initial={"versions": marks.seen(found)}) if unpublished else None,
        "refusal": refusal,
        "examines": Part.EXAMINER in standing.parts,
    }
    refused = bool(refusal) or any(form is not None for form in (report, mark))
    return render(request, "thesis/marks.html", context, status=422 if refused else 200)


def _form(sent: MarkForm | None, student: Any, seen: dict[int, Mark], examines: bool) -> MarkForm | None:
    known = seen.get(student.pk)
    if not examines or (known and known.published_at):
        return None
    return sent if sent and sent.student.pk == student.pk else MarkForm(student=student, mark=known)
