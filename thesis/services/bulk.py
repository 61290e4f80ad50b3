"""One act for many theses: rehearsed first, then done, each by its own service, permission and transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.errors import Conflict, DigiError
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.services import members, reminding, theses
from thesis.states import State

AT_MOST = 100  # theses in one go
ROLES = (MemberRole.EXAMINER, MemberRole.SECOND_EXAMINER, MemberRole.MINUTE_TAKER, MemberRole.OBSERVER)


class Act(Protocol):
    def take(self, thesis: Thesis, by: User) -> str:
        """Do it, and say in words what has changed. Raises `DigiError` where it cannot be done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, or would: a sentence, which is the reason where it was refused."""

    thesis: Thesis
    done: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Step:
    to: str
    reason: str = ""
    due_on: date | None = None

    def take(self, thesis: Thesis, by: User) -> str:
        before = thesis.get_state_display()
        theses.transition(thesis=thesis, to=self.to, by=by, reason=self.reason, due_on=self.due_on)
        return f"{before} → {State(self.to).label}"


@dataclass(frozen=True, slots=True)
class Due:
    due_on: date

    def take(self, thesis: Thesis, by: User) -> str:
        before = thesis.due_on
        changed = theses.change(thesis=thesis, by=by, due_on=self.due_on)
        if before == changed.due_on:
            raise Conflict(_("It is due on that day already."), code="no_change")
        return f"{_day(before)} → {_day(self.due_on)}"


@dataclass(frozen=True, slots=True)
class Joining:
    user: User
    role: str

    def take(self, thesis: Thesis, by: User) -> str:
        held = ThesisMember.objects.current().filter(thesis=thesis, user=self.user, role=self.role).exists()
        member = members.add(thesis=thesis, user=self.user, role=self.role, by=by)
        if held:
            raise Conflict(_("This person has that role already."), code="no_change")
        return f"{self.user}: {member.get_role_display()}"


@dataclass(frozen=True, slots=True)
class Reminder:
    def take(self, thesis: Thesis, by: User) -> str:
        told = reminding.remind(thesis=thesis, by=by)
        return _("A word to %(names)s") % {"names": ", ".join(str(person) for person in told)}


def rehearse(act: Act, found: Iterable[Thesis], by: User) -> list[Outcome]:
    """What would come of it: every act is taken and at once taken back, before anybody is told."""
    return [_outcome(act, thesis, by, keep=False) for thesis in found]


def do(act: Act, found: Iterable[Thesis], by: User) -> list[Outcome]:
    """What came of it. One that is refused keeps no other from being done."""
    return [_outcome(act, thesis, by, keep=True) for thesis in found]


def _outcome(act: Act, thesis: Thesis, by: User, *, keep: bool) -> Outcome:
    try:
        with transaction.atomic():
            sentence = act.take(thesis, by)
            if not keep:
                transaction.set_rollback(True)
    except DigiError as error:
        return Outcome(thesis, False, str(error.message))
    return Outcome(thesis, True, sentence)


def _day(day: date | None) -> str:
    return formats.date_format(day, "DATE_FORMAT") if day else "–"
