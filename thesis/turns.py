"""Whose turn it is: for whom a thesis or an application waits. Pure, as `thesis.states` is."""

from thesis.states import ACTIVE, ApplicationState, Part, State

_THESES = {
    State.DRAFT: Part.SUPERVISOR,
    State.PROPOSAL: Part.STUDENT,
    State.PROPOSAL_REVIEW: Part.SUPERVISOR,
    State.WRITING: Part.STUDENT,
    State.SUBMITTED: Part.SUPERVISOR,
    State.UNDER_REVIEW: Part.EXAMINER,
    State.REVISION: Part.STUDENT,
    State.DEFENCE: Part.EXAMINER,
    State.GRADED: Part.EXAMINER,
}
_APPLICATIONS = {
    ApplicationState.SUBMITTED: Part.OWNER,
    ApplicationState.SHORTLISTED: Part.OWNER,
    ApplicationState.INTERVIEW: Part.STUDENT,
    ApplicationState.OFFERED: Part.STUDENT,
}


def of_thesis(state: str, *, reports_missing: bool, defence_required: bool) -> Part | None:
    """Who takes the next step; nobody once it is completed or withdrawn.

    Under review it is the examiners' turn while reports are missing; then the supervisor's, who books the defence.
    """
    if state not in ACTIVE:
        return None
    if state == State.UNDER_REVIEW and defence_required and not reports_missing:
        return Part.SUPERVISOR
    return _THESES[State(state)]


def of_application(state: str, *, picked: bool) -> Part | None:
    """Who decides next; nobody once it is closed. An interview waits for the student until a time is picked."""
    if state == ApplicationState.INTERVIEW and picked:
        return Part.OWNER
    return _APPLICATIONS.get(ApplicationState(state))
