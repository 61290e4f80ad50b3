"""Talks on a thesis: threads, comments, and who may read and write them."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from digi.notifications.services import mentions
from thesis.models import Comment, DocumentVersion, Invitation, MemberRole, Thesis, Thread, ThreadVisibility
from thesis.services import access, happenings, telling
from thesis.services.access import Standing
from thesis.services.locking import keep, lock

LONGEST = 20_000  # characters of a comment
WIDER = {
    ThreadVisibility.EXAMINERS: (ThreadVisibility.STAFF, ThreadVisibility.ALL),
    ThreadVisibility.STAFF: (ThreadVisibility.ALL,),
}


def threads_for(thesis: Thesis, standing: Standing) -> QuerySet[Thread]:
    """The threads of a thesis that somebody of this standing may read."""
    return Thread.objects.filter(thesis=thesis, visibility__in=visibilities(standing))


def reads(thread: Thread, standing: Standing) -> bool:
    return thread.visibility in visibilities(standing)


def visibilities(standing: Standing) -> set[str]:
    """The visibilities that somebody of this standing reads."""
    seen = {str(ThreadVisibility.ALL)} if standing.is_inside else set()
    seen |= {str(ThreadVisibility.STAFF)} if standing.is_staff else set()
    return seen | ({str(ThreadVisibility.EXAMINERS)} if standing.is_examiner else set())


def writes(standing: Standing) -> bool:
    """Observers read only."""
    return bool(standing.parts) or not standing.roles <= {MemberRole.OBSERVER}


def find(uuid: UUID, by: User) -> tuple[Thread, Standing]:
    """The thread and the person's standing, if they may read it."""
    thread = Thread.objects.select_related("thesis__programme__department").filter(uuid=uuid).first()
    if thread is None:
        raise unknown()
    return thread, _admit(thread, by)


def find_comment(uuid: UUID, by: User) -> Comment:
    """The comment, if the person may read its thread."""
    comment = Comment.objects.select_related("thread__thesis__programme__department").filter(uuid=uuid).first()
    if comment is None or not reads(comment.thread, access.standing(comment.thread.thesis, by)):
        raise NotFound(_("There is no such comment."))
    return comment


@transaction.atomic
def open_thread(
    *,
    thesis: Thesis,
    by: User,
    body: str,
    visibility: str = ThreadVisibility.ALL,
    on: DocumentVersion | None = None,
    page: int | None = None,
    quote: str = "",
) -> tuple[Thread, Comment]:
    """Begin a talk with its first comment, on the thesis or on one version of a document. Observers read only.

    `page`, from 1, and `quote` say where in the version; they are not looked up in it.
    """
    standing = access.admit(thesis, by)
    _may_write(standing)
    if visibility not in visibilities(standing):
        raise Forbidden(_("You could not read this talk yourself."), code="wrong_role")

    if on is not None and on.document.thesis_id != thesis.pk:
        raise Invalid(_("The version is of another thesis."), code="unknown_version", field="version")

    _placed(on, page, quote)
    thread = Thread.objects.create(thesis=thesis, visibility=visibility, on=on, page=page, quote=quote.strip())
    return thread, _write(thread, body, author=by)


@transaction.atomic
def open_thread_as_guest(*, invitation: Invitation, body: str) -> Comment:
    """What a reviewer writes who came by a link: for supervisors and examiners."""
    thread = Thread.objects.create(thesis=invitation.thesis, visibility=ThreadVisibility.STAFF)
    return _write(thread, body, guest=invitation)


@transaction.atomic
def comment(*, thread: Thread, by: User, body: str, reply_to: UUID | None = None) -> Comment:
    """Answer in a talk; a resolved one must be reopened first."""
    thread = lock(thread)
    _may_write(_admit(thread, by))
    if thread.resolved_at is not None:
        raise Conflict(_("This talk is resolved. Open it again to go on."), code="resolved")
    before = thread.comments.filter(uuid=reply_to).first() if reply_to else None
    if reply_to and before is None:
        raise Invalid(_("The comment that this answers is not in this talk."), code="unknown_comment")

    return _write(thread, body, author=by, reply_to=before)


@transaction.atomic
def edit(*, comment: Comment, by: User, body: str, version: int | None = None) -> Comment:
    """Change one's own words. People newly mentioned are told."""
    comment = _own_comment(comment, by, version)
    comment.body, comment.changed_at = _text(body), timezone.now()
    keep(comment, "body", "changed_at")
    _happened("comment.edited", comment)
    telling.commented(comment, _mention(comment))
    return comment


@transaction.atomic
def delete(*, comment: Comment, by: User, version: int | None = None) -> Comment:
    """Take back one's own words; the comment's place stays. Not one that a change request stands on."""
    comment = _own_comment(comment, by, version)
    if hasattr(comment, "change_request"):
        raise Conflict(_("A change request stands on this comment."), code="in_use")

    comment.body, comment.deleted_at = "", timezone.now()
    keep(comment, "body", "deleted_at")
    comment.mentions.clear()
    audit.record(action="comment.deleted", actor=by, target=audit.target_of(comment))
    _happened("comment.deleted", comment)
    return comment


@transaction.atomic
def resolve(*, thread: Thread, by: User, version: int | None = None) -> Thread:
    thread = _for_moving(thread, by, version)
    if thread.resolved_at is None:
        thread.resolved_at, thread.resolved_by = timezone.now(), by
        keep(thread, "resolved_at", "resolved_by")
        _moved("thread.resolved", thread)
    return thread


@transaction.atomic
def reopen(*, thread: Thread, by: User, version: int | None = None) -> Thread:
    thread = _for_moving(thread, by, version)
    if thread.resolved_at is not None:
        thread.resolved_at, thread.resolved_by = None, None
        keep(thread, "resolved_at", "resolved_by")
        _moved("thread.reopened", thread)
    return thread


@transaction.atomic
def widen(*, thread: Thread, to: str, by: User, version: int | None = None) -> Thread:
    """Let more people read a talk; they are told of what stands there. There is no way back: they have read it."""
    thread = lock(thread, version)
    standing = _admit(thread, by)
    if not standing.is_staff:
        raise Forbidden(_("Only supervisors and examiners decide who reads this."), code="wrong_role")
    if to == thread.visibility:
        return thread
    if to not in WIDER.get(ThreadVisibility(thread.visibility), ()):
        raise Conflict(_("What people have read cannot be hidden from them."), code="not_wider")

    thread.visibility = to
    keep(thread, "visibility")
    details = {"visibility": str(to)}
    audit.record(action="thread.widened", actor=by, target=audit.target_of(thread), details=details)
    _moved("thread.widened", thread)
    for written in thread.comments.filter(deleted_at=None).select_related("author").order_by("pk"):
        written.thread = thread
        telling.commented(written, _mention(written))
    return thread


def unknown() -> NotFound:
    return NotFound(_("There is no such thread."))


def _admit(thread: Thread, by: User) -> Standing:
    standing = access.standing(thread.thesis, by)
    if not reads(thread, standing):
        raise unknown()
    return standing


def _may_write(standing: Standing) -> None:
    if not writes(standing):
        raise Forbidden(_("Observers read only."), code="wrong_role")


def _placed(on: DocumentVersion | None, page: int | None, quote: str) -> None:
    if on is None and (page is not None or quote.strip()):
        raise Invalid(_("Name the version that the page or the quotation is of."), code="no_version", field="on")
    if on is not None and page is not None and not 1 <= page <= (on.pages or page):
        sentence = _("The version has %(count)d pages.")
        raise Invalid(sentence % {"count": on.pages or 0}, code="no_such_page", field="page")


def _for_moving(thread: Thread, by: User, version: int | None) -> Thread:
    thread = lock(thread, version)
    _may_write(_admit(thread, by))
    return thread


def _own_comment(comment: Comment, by: User, version: int | None) -> Comment:
    comment = lock(comment, version)
    _admit(comment.thread, by)
    if comment.author_id != by.pk:
        raise Forbidden(_("Only who wrote it may change it."), code="not_yours")
    if comment.deleted_at is not None:
        raise Conflict(_("The comment is deleted."), code="deleted")
    return comment


def _write(
    thread: Thread,
    body: str,
    *,
    author: User | None = None,
    guest: Invitation | None = None,
    reply_to: Comment | None = None,
) -> Comment:
    written = Comment.objects.create(thread=thread, author=author, guest=guest, body=_text(body), reply_to=reply_to)
    _happened("comment.added", written)
    telling.commented(written, _mention(written))
    return written


def _happened(kind: str, comment: Comment) -> None:
    thread = comment.thread
    happenings.record(thread.thesis, kind, comment.uuid, visibility=thread.visibility, within=thread.uuid)


def _moved(kind: str, thread: Thread) -> None:
    happenings.record(thread.thesis, kind, thread.uuid, visibility=thread.visibility)


def _mention(comment: Comment) -> list[User]:
    """Write down and return whom the comment mentions and who may read it."""
    found = mentions.found(comment.body, subject=f"thread:{comment.thread.uuid}")
    comment.mentions.set(found)
    return found


def _text(body: str) -> str:
    if not body.strip():
        raise Invalid(_("The comment is empty."), code="empty", field="body")
    if len(body) > LONGEST:
        raise TooLarge(_("The comment is too long."), limit=LONGEST)
    return body.strip()
