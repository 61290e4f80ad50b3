"""What a person wrote and did at theses."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from digi.accounts.holdings import Holding
from digi.accounts.services.belongings import columns
from thesis.models import Assessment, ChangeRequest, Comment, Extension, Mark, Meeting, Task, Transition
from thesis.services.holdings.shapes import CHAINED, EXAMINED, RETENTION, SHARED, now_open, of


def words() -> Iterable[Holding]:
    yield Holding(
        name="theses/comments",
        label=_("Remarks you wrote"),
        rows=lambda user: Comment.objects.filter(author=user, deleted_at=None).select_related("thread__thesis"),
        shown=columns("thread.thesis.uuid", "uuid", "body", "created_at", "changed_at"),
        why=SHARED,
    )
    yield Holding(
        name="theses/change-requests",
        label=_("Changes you asked for"),
        rows=of(ChangeRequest, "requested_by", "thesis"),
        shown=columns("thesis.uuid", "uuid", "blocking", "state", "created_at", "done_at", "verified_at"),
        why=SHARED,
    )
    yield Holding(
        name="theses/extensions",
        label=_("More time you asked for"),
        rows=of(Extension, "asked_by", "thesis"),
        shown=columns("thesis.uuid", "due_before", "due_on", "reason", "state", "answer", "created_at", "decided_at"),
        why=RETENTION,
    )
    yield Holding(
        name="theses/steps",
        label=_("Steps of theses you took"),
        rows=of(Transition, "actor", "thesis"),
        shown=columns("thesis.uuid", "n", "from_state", "to_state", "reason", "at"),
        why=CHAINED,
    )


def work() -> Iterable[Holding]:
    yield Holding(
        name="theses/tasks",
        label=_("Tasks of yours"),
        rows=lambda user: Task.objects.filter(Q(assignee=user) | Q(created_by=user)).select_related("thesis"),
        shown=now_open(columns("thesis.uuid", "uuid", "title", "note", "due_on", "done_at", "created_at")),
        why=SHARED,
    )
    yield Holding(
        name="theses/meetings",
        label=_("Meetings you planned"),
        rows=of(Meeting, "created_by", "thesis"),
        shown=now_open(columns("thesis.uuid", "uuid", "starts_at", "minutes_long", "place", "state", "agenda")),
        why=SHARED,
    )
    yield Holding(
        name="theses/reports",
        label=_("Reports you wrote as an examiner"),
        rows=of(Assessment, "examiner", "thesis"),
        shown=columns("thesis.uuid", "uuid", "report", "submitted_at", "created_at"),
        why=EXAMINED,
    )
    yield Holding(
        name="theses/marks",
        label=_("Your marks"),
        rows=lambda user: Mark.objects.filter(student=user, published_at__isnull=False).select_related("thesis"),
        shown=columns("thesis.uuid", "value", "published_at"),
        why=EXAMINED,
    )
