"""What theses hold about a person. What was handed in, and what others have worked on with them, must be kept."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from digi.accounts.holdings import Holding, OwnFile, register
from digi.accounts.models import User
from digi.accounts.services.belongings import columns
from digi.files.models import StoredFile
from digi.files.services import storage
from digi.notifications.services import inboxes
from thesis.models import (
    Application,
    ApplicationStep,
    Assessment,
    ChangeRequest,
    Comment,
    Document,
    DocumentVersion,
    Extension,
    Invitation,
    Mark,
    Meeting,
    MemberRole,
    Reading,
    Task,
    Thesis,
    ThesisMember,
    Thread,
    Topic,
    TopicSubscription,
    Transition,
)
from thesis.services import applicants, applications
from thesis.states import OPEN, State

RETENTION = _("What was handed in is kept for the programme’s years, with its history; your name in it is replaced.")
SHARED = _("Others work with it, or have answered it; it stays, under a name that says nothing.")
EXAMINED = _("It belongs to the examination, which is kept for the programme’s years; your name in it is replaced.")
CHAINED = _("The history is chained by hashes, so that it can be checked; it names you by a number that says nothing.")
DECIDED = _("What was decided on it must stay checkable; what you wrote about yourself in it goes.")

Rows = Callable[[User], "QuerySet[Any]"]


def register_own() -> None:
    register(*_parts(), *_applications(), *_words(), *_work(), *_documents())


def _parts() -> Iterable[Holding]:
    yield Holding(
        name="theses/theses",
        label=_("Theses you take or took part in"),
        rows=_members,
        shown=_parts_shown,
        why=RETENTION,
    )
    yield Holding(
        name="theses/topics",
        label=_("Topics you offer"),
        rows=lambda user: Topic.objects.filter(pk__in=Topic.owners.through.objects.filter(user=user).values("topic")),
        shown=columns("uuid", "title", "state", "created_at"),
        why=SHARED,
    )
    yield Holding(
        name="theses/subscriptions",
        label=_("New topics you want to hear of"),
        rows=lambda user: TopicSubscription.objects.filter(user=user).select_related("programme"),
        shown=columns("programme.name", "tag"),
    )
    yield Holding(
        name="theses/reviewers", label=_("Reviewers you invited"), rows=_of(Invitation, "invited_by"), why=RETENTION
    )


def _applications() -> Iterable[Holding]:
    """The ends of an application: the row stays, its words go, and one that is open is withdrawn before."""
    yield Holding(
        name="theses/applications",
        label=_("Applications"),
        rows=_of(Application, "student"),
        shown=columns("uuid", "title", "kind", "motivation", "cv", "state", "rejection", "created_at", "expires_at"),
        why=DECIDED,
    )
    yield Holding(
        name="theses/asked",
        label=_("Applications that ask you to supervise"),
        rows=_of(Application, "supervisor"),
        why=DECIDED,
    )
    yield Holding(
        name="theses/motivations",
        label=_("What you wrote about yourself in applications"),
        rows=lambda user: Application.objects.filter(student=user).exclude(motivation="", cv=""),
        forget=lambda user: Application.objects.filter(student=user).update(motivation="", cv=""),
    )
    yield Holding(
        name="theses/open-applications",
        label=_("Applications that nobody has decided on; they are withdrawn"),
        rows=lambda user: Application.objects.filter(student=user, state__in=OPEN),
        forget=_withdraw,
        lock=_lock,
    )
    yield Holding(
        name="theses/application-steps",
        label=_("Steps of applications you took"),
        rows=_of(ApplicationStep, "actor", "application"),
        shown=columns("application.uuid", "n", "from_state", "to_state", "reason", "at"),
        why=CHAINED,
    )


def _words() -> Iterable[Holding]:
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
        rows=_of(ChangeRequest, "requested_by", "thesis"),
        shown=columns("thesis.uuid", "uuid", "blocking", "state", "created_at", "done_at", "verified_at"),
        why=SHARED,
    )
    yield Holding(
        name="theses/extensions",
        label=_("More time you asked for"),
        rows=_of(Extension, "asked_by", "thesis"),
        shown=columns("thesis.uuid", "due_before", "due_on", "reason", "state", "answer", "created_at", "decided_at"),
        why=RETENTION,
    )
    yield Holding(
        name="theses/steps",
        label=_("Steps of theses you took"),
        rows=_of(Transition, "actor", "thesis"),
        shown=columns("thesis.uuid", "n", "from_state", "to_state", "reason", "at"),
        why=CHAINED,
    )


def _work() -> Iterable[Holding]:
    yield Holding(
        name="theses/tasks",
        label=_("Tasks of yours"),
        rows=lambda user: Task.objects.filter(Q(assignee=user) | Q(created_by=user)).select_related("thesis"),
        shown=_now_open(columns("thesis.uuid", "uuid", "title", "note", "due_on", "done_at", "created_at")),
        why=SHARED,
    )
    yield Holding(
        name="theses/meetings",
        label=_("Meetings you planned"),
        rows=_of(Meeting, "created_by", "thesis"),
        shown=_now_open(columns("thesis.uuid", "uuid", "starts_at", "minutes_long", "place", "state", "agenda")),
        why=SHARED,
    )
    yield Holding(
        name="theses/reports",
        label=_("Reports you wrote as an examiner"),
        rows=_of(Assessment, "examiner", "thesis"),
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


def _documents() -> Iterable[Holding]:
    shown = columns(
        "document.thesis.uuid", "document.kind", "n", "name", "media_type", "size", "sha256", "note", "created_at"
    )
    yield Holding(
        name="theses/documents",
        label=_("Documents that were handed in, or that you wrote with others"),
        rows=_kept,
        shown=shown,
        file=_file,
        why=RETENTION,
    )
    yield Holding(
        name="theses/drafts",
        label=_("Documents of yours alone that were never handed in"),
        rows=_drafts,
        shown=shown,
        file=_file,
        forget=_forget_drafts,
    )


def _of(model: Any, person: str, *related: str) -> Rows:
    def rows(user: User) -> "QuerySet[Any]":
        found: QuerySet[Any] = model.objects.filter(**{person: user})
        return found.select_related(*related) if related else found

    return rows


def _members(user: User) -> "QuerySet[ThesisMember]":
    return ThesisMember.objects.filter(user=user).select_related("thesis")


def _parts_shown(user: User, rows: Sequence[ThesisMember]) -> list[dict[str, Any]]:
    """What a thesis is about, only as long as the person works on it."""
    titled = _open_to(user, rows)
    plain = columns("thesis.uuid", "role", "until", "joined_at", "left_at")(user, rows)
    return [
        line | ({"title": row.thesis.title, "state": row.thesis.state} if row.thesis_id in titled else {})
        for line, row in zip(plain, rows, strict=True)
    ]


def _now_open(shown: Any) -> Any:
    """What others can go on changing is shown only of theses that are open to the person now."""

    def some(user: User, rows: Sequence[Any]) -> list[dict[str, Any]]:
        still = _open_to(user, rows)
        found: list[dict[str, Any]] = shown(user, [row for row in rows if row.thesis_id in still])
        return found

    return some


def _open_to(user: User, rows: Sequence[Any]) -> set[int]:
    asked = {row.thesis_id for row in rows}
    return set(Thesis.objects.worked_on_by(user).filter(pk__in=asked).values_list("pk", flat=True))


def _versions(user: User) -> "QuerySet[DocumentVersion]":
    return DocumentVersion.objects.filter(uploaded_by=user).select_related("document__thesis", "file")


def _drafts(user: User) -> "QuerySet[DocumentVersion]":
    """Of theses that this person alone writes, and of which nothing was ever handed in."""
    students = ThesisMember.objects.filter(role=MemberRole.STUDENT)
    handed_in = Transition.objects.filter(to_state=State.SUBMITTED).values("thesis")
    mine = _versions(user).filter(document__thesis__in=students.filter(user=user).values("thesis"))
    others = students.exclude(user=user).values("thesis")
    return mine.exclude(document__thesis__in=handed_in).exclude(document__thesis__in=others)


def _kept(user: User) -> "QuerySet[DocumentVersion]":
    return _versions(user).exclude(pk__in=_drafts(user).values("pk"))


def _file(version: DocumentVersion) -> OwnFile:
    name = f"{version.uuid.hex[:8]}-{version.n:03}-{version.name}"
    return OwnFile(name, version.created_at, storage.path_of(version.file))


@transaction.atomic
def _forget_drafts(user: User) -> None:
    """Talks on a version become talks on its thesis."""
    versions = list(_drafts(user))
    keys, documents = [version.pk for version in versions], {version.document_id for version in versions}
    files = list(StoredFile.objects.filter(version__in=keys))
    Thread.objects.filter(on__in=keys).update(on=None)
    Reading.objects.filter(version__in=keys).delete()
    DocumentVersion.objects.filter(pk__in=keys).delete()
    Document.objects.filter(pk__in=documents, versions=None).delete()
    for file in files:
        storage.remove(file=file)


def _lock(user: User) -> None:
    """Topics, theses, applications: as who moves one of them locks them."""
    applications = Application.objects.filter(student=user)
    topics = Topic.objects.filter(pk__in=applications.filter(state__in=OPEN).values("topic"))
    theses = Thesis.objects.filter(pk__in=_drafts(user).values("document__thesis"))
    for rows in (topics, theses, applications):
        list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


@transaction.atomic
def _withdraw(user: User) -> None:
    """Everybody who is told, and who is forgotten, has an inbox that is locked in one go: in the order of their ids."""
    waiting = list(Application.objects.filter(student=user, state__in=OPEN).select_related("topic"))
    told = {owner.pk for application in waiting for owner in applicants.owners(application)}
    inboxes.locked({user.pk} | told)
    for application in waiting:
        applications.withdraw(application=application, by=user)
