"""What the worker does by the calendar: warns of what expires, ends what has expired, archives what is complete.

Deputies whose last day has passed leave. Drafts of applications that nobody goes on with are thrown away.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from digi.errors import DigiError
from thesis.models import Application, Thesis, ThesisMember, Transition
from thesis.services import applications, drafts, members, retention, telling, theses
from thesis.services.locking import lock
from thesis.states import OPEN, State

log = logging.getLogger(__name__)

WARNINGS = (7, 1)  # days before an application expires
REST = timedelta(days=90)  # from the completion of a thesis to its archiving
BATCH = 200  # rows of one run; the rest is for the next


def sweep() -> None:
    """Everything that is due, each in a transaction of its own; running it again does nothing twice."""
    expire_applications()
    warn_applicants()
    archive_theses()
    let_deputies_go()
    drafts.sweep()
    retention.remind_coordinators()


def expire_applications() -> None:
    due = Application.objects.filter(state__in=OPEN, expires_at__lte=timezone.now())
    for application in due.order_by("expires_at")[:BATCH]:
        _try(applications.expire, application=application)


def warn_applicants() -> None:
    """7 days and 1 day before the end; who was not warned in time for the first is warned once."""
    for days in sorted(WARNINGS):
        for application in Application.objects.filter(_soon(days)).order_by("expires_at")[:BATCH]:
            _try(_warn, application=application, days=days)


def archive_theses() -> None:
    """Completed theses whose metadata is complete and that have rested, also since a step was last taken back."""
    rested = timezone.now() - REST
    taken_back = Transition.objects.filter(thesis=OuterRef("pk"), back=True, at__gt=rested)
    due = Thesis.objects.filter(~Exists(taken_back), state=State.COMPLETED, completed_at__lte=rested)
    complete = due.exclude(abstract="").exclude(start_on=None).exclude(due_on=None)
    for thesis in complete.order_by("completed_at")[:BATCH]:
        _try(theses.transition, thesis=thesis, to=State.ARCHIVED, by=None)


def let_deputies_go() -> None:
    """They see nothing of the thesis since their last day has passed; what they were told of it goes now."""
    for member in ThesisMember.objects.over().select_related("thesis").order_by("until")[:BATCH]:
        _try(members.let_go, member=member)


@transaction.atomic
def _warn(*, application: Application, days: int) -> None:
    """Unless it was moved, or given more days, a moment ago."""
    application = lock(application)
    if Application.objects.filter(_soon(days), pk=application.pk).exists():
        application.warned = days
        application.save(update_fields=["warned"])
        telling.expires_soon(application, days)


def _soon(days: int) -> Q:
    """Those that end within so many days and whose students are not warned of it."""
    now = timezone.now()
    ends = Q(expires_at__gt=now, expires_at__lte=now + timedelta(days=days))
    return ends & (Q(warned=None) | Q(warned__gt=days)) & Q(state__in=OPEN)


def _try(work: Callable[..., object], **what: object) -> None:
    """One refusal, such as a step that somebody else has just taken, keeps nothing else from being done."""
    try:
        work(**what)
    except DigiError as error:
        log.info("not done: %s", error.code)
