"""Reports of examiners, and a plain mark for each student, entered and then published."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict, Forbidden, Invalid, NotFound, Stale, TooLarge
from thesis.models import Assessment, Mark, MemberRole, Thesis, ThesisMember, ThreadVisibility
from thesis.models.people import EXAMINING
from thesis.services import access, happenings, telling
from thesis.services.access import Standing
from thesis.services.locking import keep, lock
from thesis.states import Part, State

BEST, WORST = Decimal("1.0"), Decimal("5.0")
LONGEST = 100_000  # characters of a report
REPORTING = (State.UNDER_REVIEW, State.DEFENCE, State.GRADED)


@transaction.atomic
def report(*, thesis: Thesis, by: User, text: str, submit: bool = False, version: int | None = None) -> Assessment:
    """Write one's report on a thesis; once handed in it stands.

    `version` 0 says that none was there yet. Raises `Stale` where another one was written since.
    """
    thesis = lock(thesis)
    _needs_examiner(thesis, by)
    if thesis.state not in REPORTING:
        raise Conflict(_("Reports are written once the thesis is under review."), code="not_under_review")
    if len(text) > LONGEST:
        raise TooLarge(_("The report is too long."), limit=LONGEST)
    if submit and not text.strip():
        raise Invalid(_("The report is empty."), code="empty", field="report")

    found, created = Assessment.objects.get_or_create(thesis=thesis, examiner=by)
    assessment = found if created else lock(found, version)
    if assessment.submitted_at is not None:
        raise Conflict(_("The report is handed in and stands."), code="submitted")
    assessment.report, assessment.submitted_at = text, timezone.now() if submit else None
    keep(assessment, "report", "submitted_at")
    if submit:
        audit.record(action="thesis.reported", actor=by, target=audit.target_of(thesis))
        happenings.record(thesis, "report.submitted", assessment.uuid, visibility=ThreadVisibility.STAFF)
        telling.reported(thesis, by=by)
    return assessment


def reports_for(thesis: Thesis, by: User, standing: Standing) -> QuerySet[Assessment]:
    """One's own; others' once they are handed in, for examiners only when every examiner's is.

    Students read them when the thesis is graded.
    """
    submitted = thesis.assessments.exclude(submitted_at=None)
    all_in = not _examiners(thesis) - set(submitted.values_list("examiner", flat=True))
    graded = thesis.state in (State.GRADED, State.COMPLETED, State.ARCHIVED)
    if Part.EXAMINER in standing.parts:
        others = all_in
    else:
        others = standing.is_staff or (Part.STUDENT in standing.parts and graded)
    return thesis.assessments.filter(Q(examiner=by) | (Q(submitted_at__isnull=False) if others else Q(pk=None)))


@transaction.atomic
def enter(*, thesis: Thesis, student: User, value: Decimal, by: User, version: int | None = None) -> Mark:
    """Enter or correct a student's mark, from 1.0 to 5.0, until it is published.

    `version` 0 says that there was none yet. Raises `Stale` where another one was entered since.
    """
    thesis = lock(thesis)
    _needs_examiner(thesis, by)
    if thesis.state not in REPORTING:
        raise Conflict(_("Marks are entered once the thesis is under review."), code="not_under_review")
    if not BEST <= value <= WORST or value != round(value, 1):
        raise Invalid(_("A mark is a number from 1.0 to 5.0 with one decimal."), code="no_mark", field="value")
    if student.pk not in _students(thesis):
        raise NotFound(_("There is no such student on this thesis."), code="unknown_person")

    mark = thesis.marks.select_for_update().filter(student=student).first()
    if mark is None:
        mark = Mark.objects.create(thesis=thesis, student=student, value=value, entered_by=by)
    else:
        mark = lock(mark, version)
        if mark.published_at is not None:
            raise Conflict(_("The mark is published and stands."), code="published")
        mark.value, mark.entered_by = value, by
        keep(mark, "value", "entered_by", "entered_at")
    details = {"student": audit.target_of(student)}
    audit.record(action="thesis.mark_entered", actor=by, target=audit.target_of(thesis), details=details)
    happenings.record(thesis, "mark.entered", mark.uuid, visibility=ThreadVisibility.EXAMINERS)
    return mark


@transaction.atomic
def publish(*, thesis: Thesis, by: User, versions: Mapping[str, int] | None = None) -> list[Mark]:
    """Show every student their mark. Each needs one, and the thesis is graded.

    `versions` are those of the marks that the caller has seen, as `seen` tells them. Raises `Stale` where others stand.
    """
    thesis = lock(thesis)
    _needs_examiner(thesis, by)
    if thesis.state != State.GRADED:
        raise Conflict(_("Marks are published once the thesis is graded."), code="not_graded")
    marks = {mark.student_id: mark for mark in thesis.marks.select_related("student").select_for_update()}
    if versions is not None and versions != seen(marks.values()):
        raise Stale(_("Somebody has changed this meanwhile. Look at it again, please."), versions=seen(marks.values()))
    if missing := len(_students(thesis) - marks.keys()):
        raise Conflict(_("Students without a mark: %(count)d.") % {"count": missing}, code="marks_missing")

    fresh = [mark for mark in marks.values() if mark.published_at is None]
    for mark in fresh:
        mark.published_at = timezone.now()
        keep(mark, "published_at")
    if fresh:
        audit.record(action="thesis.marks_published", actor=by, target=audit.target_of(thesis))
        happenings.record(thesis, "marks.published", thesis.uuid)
        telling.marks_published(thesis, fresh, by=by)
    return list(marks.values())


def seen(marks: Iterable[Mark]) -> dict[str, int]:
    """By the students' user names, which versions these are."""
    return {mark.student.username: mark.version for mark in marks}


def marks_for(thesis: Thesis, by: User, standing: Standing) -> QuerySet[Mark]:
    """Examiners and coordinators see all; supervisors what is published; a student their own, once it is."""
    if standing.is_examiner:
        return thesis.marks.all()
    published = thesis.marks.exclude(published_at=None)
    return published if standing.is_staff else published.filter(student=by)


def _needs_examiner(thesis: Thesis, by: User) -> None:
    """A coordinator enters nothing in an examiner's place."""
    standing = access.admit(thesis, by)
    if Part.EXAMINER not in standing.parts:
        raise Forbidden(access.only((Part.EXAMINER,)), code="wrong_role")


def _students(thesis: Thesis) -> set[int]:
    current = ThesisMember.objects.current().filter(thesis=thesis, role=MemberRole.STUDENT)
    return set(current.values_list("user", flat=True))


def _examiners(thesis: Thesis) -> set[int]:
    current = ThesisMember.objects.current().filter(thesis=thesis, role__in=EXAMINING)
    return set(current.values_list("user", flat=True))
