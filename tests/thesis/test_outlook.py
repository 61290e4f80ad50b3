"""What the overview says of the next steps agrees with what the services let happen."""

import pytest

from tests.thesis import stages
from tests.thesis.making import dated, put
from thesis.models import Thesis
from thesis.services import history, outlook, theses, way
from thesis.states import State

pytestmark = pytest.mark.django_db


def places(thesis: Thesis) -> list[tuple[str, str]]:
    return [(stage.state.value, stage.place) for stage in way.of(thesis, history.standing(thesis))]


@pytest.mark.parametrize("state", [state for state in State if state not in (State.ARCHIVED, State.WITHDRAWN)])
@pytest.mark.parametrize("name", ["alice", "bob", "carol", "grace"])
def test_steps_that_are_offered_are_those_that_the_services_allow(institute, request, state, name):
    thesis, person = dated(institute.thesis(state=state)), request.getfixturevalue(name)
    allowed = {choice.to: choice.needs for choice in theses.choices(thesis=thesis, by=person) if not choice.reason}

    found = outlook.of(thesis, by=person)

    offered = [one for one in [*found.ways, found.withdraw, found.back] if one and one.mine]
    assert {one.to: one.needs for one in offered} == allowed


def test_usual_step_stands_first(institute, programme, bob):
    thesis = institute.thesis(state=State.UNDER_REVIEW)

    assert outlook.of(thesis, by=bob).ways[0].to == State.GRADED
    put(programme, defence_required=True)
    thesis.refresh_from_db()
    assert outlook.of(thesis, by=bob).ways[0].to == State.DEFENCE


def test_obstacle_is_told_to_those_who_may_not_take_the_step_either(institute, carol):
    thesis = dated(institute.thesis(state=State.WRITING))

    first = outlook.of(thesis, by=carol).ways[0]

    assert (first.mine, first.obstacle) == (False, "No final version is uploaded yet.")
    assert [person.username for person in first.people] == ["alice"]


def test_stages_that_were_passed_by_though_they_are_asked_for_are_left_out(institute, programme, bob):
    thesis = institute.thesis()
    stages.step(thesis, "writing", bob)
    put(programme, proposal_required=True)
    thesis.refresh_from_db()

    assert places(thesis)[:4] == [("draft", "done"), ("proposal", "skipped"), ("writing", "now"), ("submitted", "next")]


def test_revision_stands_where_the_review_does(institute):
    thesis = institute.thesis(state=State.REVISION)

    assert ("revision", "now") in places(thesis)
    assert "under_review" not in dict(places(thesis))


def test_every_stage_of_an_archived_thesis_lies_behind(institute):
    assert places(institute.thesis(state=State.ARCHIVED))[-1] == ("archived", "now")
    assert "next" not in dict(places(institute.thesis(state=State.ARCHIVED))).values()
