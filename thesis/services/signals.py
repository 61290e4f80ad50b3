"""What should worry somebody about a thesis under way, in words. Pure: from rows that are read already."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thesis.models import Milestone, Thesis
from thesis.services.theses import IN_THEIR_HANDS
from thesis.states import State

QUIET = 30  # days without any change
WRITING = (State.PROPOSAL, State.WRITING, State.REVISION)


def of(thesis: Thesis, milestones: Iterable[Milestone], today: date) -> list[str]:
    """The gravest first; empty where nothing stands out."""
    if thesis.state not in IN_THEIR_HANDS:
        return []
    found = []
    if thesis.due_on and thesis.due_on < today:
        days = (today - thesis.due_on).days
        found.append(ngettext("late by %(days)d day", "late by %(days)d days", days) % {"days": days})
    late = sum(1 for one in milestones if one.done_at is None and one.due_on and one.due_on < today)
    if late:
        found.append(ngettext("%(count)d milestone late", "%(count)d milestones late", late) % {"count": late})
    quiet = (timezone.now() - thesis.changed_at).days
    if thesis.state in WRITING and quiet > QUIET:
        found.append(_("nothing new for %(days)d days") % {"days": quiet})
    return found
