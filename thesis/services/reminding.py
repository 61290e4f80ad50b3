"""A word to those for whom a thesis waits, from somebody who answers for it."""

from django.db import transaction
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict
from thesis import days, turns
from thesis.models import Thesis, ThesisMember
from thesis.models.people import EXAMINING, PARTS
from thesis.services import access, telling
from thesis.services.locking import lock
from thesis.states import Part


@transaction.atomic
def remind(*, thesis: Thesis, by: User) -> list[User]:
    """Tell those who take the next step, once a day; gives who was told.

    For supervisors and coordinators. Raises `Conflict` where it waits for nobody, or for nobody who can be told.
    """
    thesis = lock(thesis)
    access.admit(thesis, by, Part.SUPERVISOR)
    asked = [person for person in waited_for(thesis) if person.pk != by.pk]
    if not asked:
        raise Conflict(_("It waits for nobody else."), code="nobody_waited_for")
    told = telling.nudged(thesis, asked, by=by, day=days.today())
    if not told:
        raise Conflict(_("They were reminded today, or do not want to be."), code="reminded_already")

    details = {"people": [audit.target_of(person) for person in told]}
    audit.record(action="thesis.reminded", actor=by, target=audit.target_of(thesis), details=details)
    return told


def waited_for(thesis: Thesis) -> list[User]:
    """Who plays the part that takes the next step; of the examiners, those whose reports are missing, if any are."""
    members = list(ThesisMember.objects.current().filter(thesis=thesis).select_related("user").order_by("pk"))
    reported = set(thesis.assessments.exclude(submitted_at=None).values_list("examiner", flat=True))
    late = [one.user for one in members if one.role in EXAMINING and one.user_id not in reported]
    required = thesis.programme.defence_required
    turn = turns.of_thesis(thesis.state, reports_missing=bool(late), defence_required=required)
    if turn == Part.EXAMINER and late:
        return list(dict.fromkeys(late))
    return list(dict.fromkeys(one.user for one in members if turn and PARTS.get(one.role) == turn))  # type: ignore[call-overload]
