"""The way of a thesis through its department, as a line of stages: behind, here, ahead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from thesis.models import Thesis, Transition
from thesis.states import State

DONE, NOW, NEXT, SKIPPED = "done", "now", "next", "skipped"
STAGES = (
    (State.DRAFT,),
    (State.PROPOSAL, State.PROPOSAL_REVIEW),
    (State.WRITING,),
    (State.SUBMITTED,),
    (State.UNDER_REVIEW, State.REVISION),
    (State.DEFENCE,),
    (State.GRADED,),
    (State.COMPLETED,),
    (State.ARCHIVED,),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """`at` is when it was entered last, `on` the day on which one that lies ahead is due."""

    state: State
    place: str
    at: datetime | None = None
    on: date | datetime | None = None

    @property
    def label(self) -> str:
        return str(self.state.label)


def of(thesis: Thesis, steps: list[Transition]) -> list[Stage]:
    """The stages of a thesis; `steps` are those of its history that stand, the oldest first.

    What the programme does not ask for is left out. A thesis that was withdrawn ends where it was.
    """
    entered = {State(step.to_state): step.at for step in steps}
    here = State(thesis.state)
    if here == State.WITHDRAWN:
        behind = [Stage(stage[0], DONE, _last(stage, entered)) for stage in STAGES if _last(stage, entered)]
        return [*behind, Stage(here, NOW, entered.get(here))]
    return list(_line(thesis, here, entered))


def _line(thesis: Thesis, here: State, entered: dict[State, datetime]) -> Iterator[Stage]:
    left_out = _left_out(thesis)
    at_last = False
    for stage in STAGES:
        been = _last(stage, entered)
        if here in stage:
            at_last = True
            yield Stage(here, NOW, been)
        elif at_last and stage[0] not in left_out:
            yield Stage(stage[0], NEXT, on=_ahead(thesis, stage[0]))
        elif not at_last and been:
            yield Stage(stage[0], DONE, been)
        elif not at_last and stage[0] not in left_out:
            yield Stage(stage[0], SKIPPED)


def _left_out(thesis: Thesis) -> set[State]:
    asked = {State.PROPOSAL: thesis.programme.proposal_required, State.DEFENCE: thesis.programme.defence_required}
    return {state for state, required in asked.items() if not required}


def _ahead(thesis: Thesis, state: State) -> date | datetime | None:
    return {State.SUBMITTED: thesis.due_on, State.DEFENCE: thesis.defence_at}.get(state)


def _last(stage: tuple[State, ...], entered: dict[State, datetime]) -> datetime | None:
    return max((entered[state] for state in stage if state in entered), default=None)
