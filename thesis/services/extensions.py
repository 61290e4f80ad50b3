"""More time: asked for by a student, granted or refused by who supervises."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict, Invalid
from thesis import days
from thesis.models import Extension, ExtensionState, Thesis
from thesis.services import access, happenings, telling
from thesis.services.locking import keep, lock
from thesis.states import Part, State

WRITING = (State.WRITING, State.REVISION)


@transaction.atomic
def ask(*, thesis: Thesis, by: User, due_on: date, reason: str) -> Extension:
    """Ask for another due date. One question at a time."""
    thesis = lock(thesis)
    access.admit(thesis, by, Part.STUDENT)
    if thesis.state not in WRITING or thesis.due_on is None:
        raise Conflict(_("Only a thesis that is being written and has a due date can get more time."), code="not_due")
    if thesis.extensions.filter(state=ExtensionState.ASKED).exists():
        raise Conflict(_("A question for more time is waiting for its answer."), code="asked_already")
    if not reason.strip():
        raise Invalid(_("This needs a reason."), code="reason_missing", field="reason")
    if due_on <= max(thesis.due_on, days.today()):
        raise Invalid(_("The new date must lie after the old one, and ahead."), code="not_later", field="due_on")

    extension = Extension.objects.create(
        thesis=thesis, due_before=thesis.due_on, due_on=due_on, reason=reason.strip(), asked_by=by
    )
    happenings.record(thesis, "extension.added", extension.uuid)
    telling.extension_moved(extension, "asked", by=by)
    return extension


@transaction.atomic
def decide(*, extension: Extension, by: User, grant: bool, answer: str = "", version: int | None = None) -> Extension:
    """Grant it, which moves the due date, or refuse it and say why."""
    thesis = lock(extension.thesis)
    extension = lock(extension, version)
    access.admit(thesis, by, Part.SUPERVISOR)
    if extension.state != ExtensionState.ASKED:
        raise Conflict(_("This is decided already."), code="decided")
    if not grant and not answer.strip():
        raise Invalid(_("This needs a reason."), code="reason_missing", field="answer")
    if grant and (thesis.state not in WRITING or thesis.due_on != extension.due_before):
        raise Conflict(_("The thesis has moved on since this was asked for."), code="moved_on")

    extension.state = ExtensionState.GRANTED if grant else ExtensionState.REFUSED
    extension.decided_by, extension.decided_at, extension.answer = by, timezone.now(), answer.strip()
    keep(extension, "state", "decided_by", "decided_at", "answer")
    if grant:
        thesis.due_on = extension.due_on
        keep(thesis, "due_on", "changed_at")
    details = {"state": str(extension.state), "due_on": extension.due_on.isoformat()}
    audit.record(action="extension.decided", actor=by, target=audit.target_of(thesis), details=details)
    happenings.record(thesis, "extension.updated", extension.uuid)
    telling.extension_moved(extension, str(extension.state), by=by)
    return extension
