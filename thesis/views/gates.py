"""A step as the overview shows it: who takes it, what stands in the way and where that is put right, and its form."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.accounts.requests import SignedInRequest
from thesis.forms.steps import StepForm
from thesis.models import Thesis
from thesis.services.outlook import Way
from thesis.states import State

DOCUMENTS = ("thesis:documents", gettext_lazy("Documents"))
MEMBERS = ("thesis:members", gettext_lazy("Members"))
FACTS = ("thesis:edit", gettext_lazy("Dates and description"))
MARKS = ("thesis:marks", gettext_lazy("Marks"))
REMEDIES: dict[State, tuple[str, Any]] = {
    State.PROPOSAL: MEMBERS,
    State.PROPOSAL_REVIEW: DOCUMENTS,
    State.SUBMITTED: DOCUMENTS,
    State.WRITING: FACTS,
    State.UNDER_REVIEW: MEMBERS,
    State.DEFENCE: MARKS,
    State.GRADED: MARKS,
    State.COMPLETED: MARKS,
    State.ARCHIVED: FACTS,
}
VERBS: dict[tuple[State, State], Any] = {
    (State.DRAFT, State.PROPOSAL): gettext_lazy("Ask for the proposal"),
    (State.DRAFT, State.WRITING): gettext_lazy("Begin writing"),
    (State.PROPOSAL, State.PROPOSAL_REVIEW): gettext_lazy("Hand in the proposal"),
    (State.PROPOSAL_REVIEW, State.PROPOSAL): gettext_lazy("Ask for changes"),
    (State.PROPOSAL_REVIEW, State.WRITING): gettext_lazy("Accept the proposal"),
    (State.WRITING, State.SUBMITTED): gettext_lazy("Hand in"),
    (State.SUBMITTED, State.UNDER_REVIEW): gettext_lazy("Begin the review"),
    (State.UNDER_REVIEW, State.REVISION): gettext_lazy("Ask for a revision"),
    (State.REVISION, State.SUBMITTED): gettext_lazy("Hand in again"),
    (State.UNDER_REVIEW, State.DEFENCE): gettext_lazy("Admit to the defence"),
    (State.DEFENCE, State.GRADED): gettext_lazy("Finish the grading"),
    (State.UNDER_REVIEW, State.GRADED): gettext_lazy("Finish the grading"),
    (State.GRADED, State.COMPLETED): gettext_lazy("Complete"),
    (State.COMPLETED, State.ARCHIVED): gettext_lazy("Archive"),
}


@dataclass(frozen=True, slots=True)
class Gate:
    """`form` is there for who may take the step; `who` says who else does; `remedy` leads to what is missing."""

    way: Way
    verb: str
    who: str
    remedy: str
    remedy_label: str
    form: StepForm | None

    @classmethod
    def of(cls, request: SignedInRequest, thesis: Thesis, way: Way, *, sent: str, coordinates: bool) -> "Gate":
        """`sent` is the state whose form has just been sent; `coordinates`: the person holds that office."""
        data = request.POST if sent == way.to else None
        place, label = REMEDIES.get(way.to, ("", ""))
        leads = bool(place and way.obstacle)
        return cls(
            way=way,
            verb=str(VERBS.get((State(thesis.state), way.to), way.to.label)),
            who=_who(request, way, coordinates),
            remedy=reverse(place, args=[thesis.uuid]) if leads else "",
            remedy_label=str(label) if leads else "",
            form=StepForm(data, way=way, version=thesis.version) if way.mine else None,
        )


def _who(request: SignedInRequest, way: Way, coordinates: bool) -> str:
    if (way.office and coordinates) or any(person.pk == request.user.pk for person in way.people):
        return _("You take this step.")
    names = [str(person) for person in way.people] + ([_("a coordinator")] if way.office else [])
    if not names:
        return _("Nobody on the thesis may take this step yet.")
    sentence = _("%(who)s takes this step.") % {"who": _(" or ").join(names)}
    return sentence[:1].upper() + sentence[1:]
