"""Change requests: a comment asks for something, the student does it, whoever asked verifies it."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.errors import Conflict, Forbidden, NotFound
from thesis.models import ChangeRequest, Comment, RequestState, Thesis
from thesis.services import access, discussion, happenings, telling
from thesis.services.access import Standing
from thesis.services.locking import keep, lock
from thesis.states import Part

# From state to state: who may take the step, beside a coordinator.
STEPS: dict[tuple[str, str], tuple[Part, ...]] = {
    (RequestState.OPEN, RequestState.DONE): (Part.STUDENT, Part.SUPERVISOR),
    (RequestState.DONE, RequestState.VERIFIED): (Part.SUPERVISOR, Part.EXAMINER),
    (RequestState.DONE, RequestState.OPEN): (Part.STUDENT, Part.SUPERVISOR, Part.EXAMINER),
    (RequestState.VERIFIED, RequestState.OPEN): (Part.SUPERVISOR, Part.EXAMINER),
}

# Whom a request waits for: students make the change, whoever asked looks at it.
WAITS = {Part.STUDENT: RequestState.OPEN, Part.SUPERVISOR: RequestState.DONE, Part.EXAMINER: RequestState.DONE}


def requests_for(thesis: Thesis, standing: Standing) -> QuerySet[ChangeRequest]:
    """Those whose comment somebody of this standing may read."""
    return thesis.change_requests.filter(comment__thread__in=discussion.threads_for(thesis, standing))


def waiting_for(thesis: Thesis, standing: Standing) -> int:
    """How many wait for somebody of this standing; one query, none for those whom nothing waits for."""
    states = {WAITS[part] for part in standing.parts & WAITS.keys()}
    return requests_for(thesis, standing).filter(state__in=states).count() if states else 0


def steps(request: ChangeRequest, standing: Standing) -> list[str]:
    """The states to which somebody of this standing may move it now."""
    return [to for (before, to), parts in STEPS.items() if before == request.state and standing.may(*parts)]


def find(uuid: UUID, by: User) -> ChangeRequest:
    related = ("comment__thread__thesis__programme", "thesis__programme", "requested_by")
    request = ChangeRequest.objects.select_related(*related).filter(uuid=uuid).first()
    if request is None:
        raise unknown()
    _admit(request, by)
    return request


@transaction.atomic
def ask(*, comment: Comment, by: User, blocking: bool = False) -> ChangeRequest:
    """Make a request of a comment. A blocking one must be done before the thesis is handed in again."""
    thread, standing = discussion.find(comment.thread.uuid, by)
    if not standing.may(Part.SUPERVISOR, Part.EXAMINER):
        raise Forbidden(access.only((Part.SUPERVISOR, Part.EXAMINER)), code="wrong_role")
    comment = lock(comment)
    if comment.deleted_at is not None or hasattr(comment, "change_request"):
        raise Conflict(_("This comment is deleted or a request already."), code="request_exists")

    request = ChangeRequest.objects.create(thesis=thread.thesis, comment=comment, blocking=blocking, requested_by=by)
    _happened("request.added", request)
    telling.request_moved(request, "asked", by=by)
    return request


@transaction.atomic
def move(*, request: ChangeRequest, to: str, by: User, version: int | None = None) -> ChangeRequest:
    """Say that it is done, that it is verified, or open it again."""
    request = lock(request, version)
    standing = _admit(request, by)
    allowed = STEPS.get((request.state, to))
    if allowed is None:
        raise Conflict(_("The request cannot go there from where it stands."), code="no_such_step")
    if not standing.may(*allowed):
        raise Forbidden(access.only(allowed), code="wrong_role")

    request.state = to
    if to == RequestState.OPEN:
        request.done_at = request.verified_at = None
    elif to == RequestState.DONE:
        request.done_at = timezone.now()
    else:
        request.verified_at = timezone.now()
    keep(request, "state", "done_at", "verified_at")
    _happened("request.updated", request)
    telling.request_moved(request, str(to), by=by)
    return request


def unknown() -> NotFound:
    return NotFound(_("There is no such change request."))


def _happened(kind: str, request: ChangeRequest) -> None:
    thread = request.comment.thread
    happenings.record(request.thesis, kind, request.uuid, visibility=thread.visibility, within=thread.uuid)


def _admit(request: ChangeRequest, by: User) -> Standing:
    standing = access.standing(request.thesis, by)
    if not discussion.reads(request.comment.thread, standing):
        raise unknown()
    return standing
