"""The end of a thesis's keeping: a coordinator erases it with all that hangs on it; the audit keeps that it was."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from digi.accounts.models import Affiliation, Role, User
from digi.audit import services as audit
from digi.errors import Conflict
from digi.files.models import StoredFile
from digi.files.services import storage
from digi.notifications.services import forget
from thesis import days
from thesis.models import (
    Application,
    ApplicationStep,
    ChangeRequest,
    Comment,
    Document,
    DocumentVersion,
    Reading,
    Receipt,
    Task,
    Thesis,
    Thread,
    Transition,
)
from thesis.services import access, happenings, telling
from thesis.services.locking import lock
from thesis.states import Part, State

RECENT = timedelta(days=30)  # how long after the end of its keeping a thesis is still brought up


@transaction.atomic
def erase(*, thesis: Thesis, by: User, version: int | None = None) -> None:
    """Delete an archived thesis whose years of keeping are over: rows, files, and what people were told of it.

    Raises `Conflict` while it must be kept, `Forbidden` to all but coordinators.
    """
    thesis = lock(thesis, version)
    access.admit(thesis, by, Part.COORDINATOR)
    if thesis.state != State.ARCHIVED or thesis.kept_until is None or thesis.kept_until >= days.today():
        raise Conflict(_("The thesis must be kept for now."), code="kept")

    target = audit.target_of(thesis)
    details = {"kept_until": thesis.kept_until.isoformat(), "steps": thesis.head, "hash": thesis.head_hash}
    audit.record(action="thesis.erased", actor=by, target=target, details=details)
    happenings.end(thesis)
    applications = Application.objects.filter(thesis=thesis)
    forget(target, *(audit.target_of(application) for application in applications))
    _forget_work(thesis)
    _forget_documents(thesis)
    _forget_application(thesis)
    Transition.objects.filter(thesis=thesis).delete()
    thesis.delete()


def remind_coordinators() -> None:
    """Tell them, once, of theses whose keeping has just ended."""
    today = days.today()
    over = Thesis.objects.filter(state=State.ARCHIVED, kept_until__lt=today, kept_until__gte=today - RECENT)
    for thesis in over.select_related("programme"):
        offices = Affiliation.objects.filter(department=thesis.programme.department_id, role=Role.COORDINATOR)
        telling.keeping_ended(thesis, [office.user for office in offices.select_related("user")])


def _forget_work(thesis: Thesis) -> None:
    """What people have said and planned; what points at something goes before it."""
    comments = Comment.objects.filter(thread__thesis=thesis)
    Task.objects.filter(thesis=thesis).delete()
    ChangeRequest.objects.filter(thesis=thesis).delete()
    comments.update(reply_to=None)
    comments.delete()
    Thread.objects.filter(thesis=thesis).delete()
    for rows in (thesis.invitations, thesis.meetings, thesis.milestones, thesis.extensions, thesis.assessments):
        rows.all().delete()
    thesis.marks.all().delete()


def _forget_documents(thesis: Thesis) -> None:
    versions = DocumentVersion.objects.filter(document__thesis=thesis)
    files = list(StoredFile.objects.filter(version__in=versions))
    Receipt.objects.filter(thesis=thesis).delete()
    Reading.objects.filter(version__in=versions).delete()
    versions.delete()
    Document.objects.filter(thesis=thesis).delete()
    for file in files:
        storage.remove(file=file)


def _forget_application(thesis: Thesis) -> None:
    mine = Application.objects.filter(thesis=thesis)
    files = list(StoredFile.objects.filter(application__in=mine))
    ApplicationStep.objects.filter(application__in=mine).delete()
    mine.delete()
    for file in files:
        storage.remove(file=file)
