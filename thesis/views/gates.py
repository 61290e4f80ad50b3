"""A step as the overview shows it: who takes it, what stands in the way and where that is put right, and its form."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.accounts.requests import SignedInRequest
from thesis.forms.steps import StepForm
from thesis.models import Thesis
from thesis.obstacles import Remedy
from thesis.services.access import Standing
from thesis.services.outlook import Way
from thesis.states import Part, State

SUPERVISING = (Part.SUPERVISOR, Part.COORDINATOR)
REMEDIES: dict[Remedy, tuple[str, Any, tuple[Part, ...]]] = {  # its page, and who puts something right there
    Remedy.DATES: ("thesis:edit", gettext_lazy("Dates and description"), SUPERVISING),
    Remedy.DISCUSSION: ("thesis:discussion", gettext_lazy("Discussion"), (*SUPERVISING, Part.EXAMINER)),
    Remedy.DOCUMENTS: ("thesis:documents", gettext_lazy("Documents"), (Part.STUDENT, Part.COORDINATOR)),
    Remedy.EXTENSIONS: ("thesis:extensions", gettext_lazy("More time"), (Part.STUDENT, *SUPERVISING)),
    Remedy.MARKS: ("thesis:marks", gettext_lazy("Marks"), (Part.EXAMINER,)),
    Remedy.MEMBERS: ("thesis:members", gettext_lazy("Members"), SUPERVISING),
    Remedy.REQUESTS: ("thesis:requests", gettext_lazy("Change requests"), (Part.STUDENT, Part.EXAMINER, *SUPERVISING)),
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
    """`form` is there for who may take the step; `who` says who else does; `remedy` is for who may put things right."""

    way: Way
    verb: str
    who: str
    remedy: str
    remedy_label: str
    form: StepForm | None

    @classmethod
    def of(cls, request: SignedInRequest, thesis: Thesis, way: Way, *, sent: str, standing: Standing) -> "Gate":
        """`sent` is the state whose form has just been sent, `standing` the person's."""
        data = request.POST if sent == way.to else None
        place, label, parts = REMEDIES[way.remedy] if way.remedy else ("", "", ())
        leads = bool(standing.parts.intersection(parts))
        return cls(
            way=way,
            verb=str(VERBS.get((State(thesis.state), way.to), way.to.label)),
            who=_who(request, way, Part.COORDINATOR in standing.parts),
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
