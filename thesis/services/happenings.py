"""The one way to tell a thesis's sockets what has happened: written down and numbered, then told after the commit.

Call it after the audit and before anybody is notified: whoever locks these does so in this order, everywhere.
"""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from digi.accounts.models import User
from digi.moments import moment
from digi.realtime import codes
from digi.realtime.publish import close_sockets, publish
from thesis import events
from thesis.models import Circle, Happening, Ledger, Thesis, ThreadVisibility
from thesis.services import access

READERS = {
    ThreadVisibility.ALL: (Circle.MEMBERS, Circle.STAFF, Circle.EXAMINERS),
    ThreadVisibility.STAFF: (Circle.STAFF, Circle.EXAMINERS),
    ThreadVisibility.EXAMINERS: (Circle.EXAMINERS,),
}


@transaction.atomic
def record(
    thesis: Thesis,
    kind: str,
    subject: UUID,
    *,
    visibility: str = ThreadVisibility.ALL,
    within: UUID | None = None,
    to: str = "",
) -> None:
    """Give it the next number of every circle that reads it, and tell those."""
    circles = READERS[ThreadVisibility(visibility)]
    ledger = _next(thesis, circles)
    numbers = {str(circle): getattr(ledger, circle) for circle in circles}
    happening = Happening.objects.create(
        thesis=thesis, kind=kind, subject=subject, within=within, to_state=to, at=timezone.now(), **numbers
    )
    publish(*(event(happening, thesis.uuid, circle) for circle in circles))


def event(happening: Happening, thesis: UUID, circle: str) -> events.ThesisHappened:
    """As a circle is told of it."""
    return events.ThesisHappened(
        topic=events.circle_topic(thesis, circle),
        n=getattr(happening, circle),
        kind=happening.kind,
        id=str(happening.subject),
        at=moment(happening.at),
        within=str(happening.within) if happening.within else None,
        to=happening.to_state,
    )


def let_go(thesis: Thesis, user: User) -> None:
    """Close the sockets of somebody whose role was taken or given; who still may come in comes again at once."""
    inside = access.standing(thesis, user).is_inside
    code = codes.TRY_AGAIN if inside else codes.FORBIDDEN
    close_sockets(user_id=user.pk, within=events.workspace_topic(thesis.uuid), code=code)


def end(thesis: Thesis) -> None:
    """Close everybody's sockets of a thesis that is erased."""
    Ledger.objects.filter(thesis=thesis).delete()
    publish(events.ThesisEnded(topic=events.workspace_topic(thesis.uuid)))


def _next(thesis: Thesis, circles: tuple[Circle, ...]) -> Ledger:
    raised = {str(circle): F(circle) + 1 for circle in circles}
    ledger = Ledger.objects.filter(thesis=thesis)
    if not ledger.update(**raised):
        _open(thesis)
        ledger.update(**raised)
    return ledger.get()


def _open(thesis: Thesis) -> None:
    try:
        with transaction.atomic():
            Ledger.objects.create(thesis_id=thesis.pk)
    except IntegrityError:  # the first two things happen at one moment
        pass
