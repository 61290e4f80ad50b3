"""Whose turn it is, for every state."""

import pytest

from thesis import turns
from thesis.states import ApplicationState, State


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        ("draft", "supervisor"),
        ("proposal", "student"),
        ("proposal_review", "supervisor"),
        ("writing", "student"),
        ("submitted", "supervisor"),
        ("under_review", "examiner"),
        ("revision", "student"),
        ("defence", "examiner"),
        ("graded", "examiner"),
        ("completed", None),
        ("archived", None),
        ("withdrawn", None),
    ],
)
def test_thesis_waits_for(state, turn):
    assert turns.of_thesis(state, reports_missing=True, defence_required=True) == turn


def test_every_state_is_answered_for():
    for state in State:
        turns.of_thesis(state, reports_missing=False, defence_required=False)
    for state in ApplicationState:
        turns.of_application(state, picked=False)


@pytest.mark.parametrize(
    ("reports_missing", "defence_required", "turn"),
    [(True, True, "examiner"), (True, False, "examiner"), (False, True, "supervisor"), (False, False, "examiner")],
)
def test_reviewed_thesis_waits_for_who_books_the_defence(reports_missing, defence_required, turn):
    found = turns.of_thesis("under_review", reports_missing=reports_missing, defence_required=defence_required)

    assert found == turn


@pytest.mark.parametrize(
    ("state", "picked", "turn"),
    [
        ("submitted", False, "owner"),
        ("shortlisted", False, "owner"),
        ("interview", False, "student"),
        ("interview", True, "owner"),
        ("offered", False, "student"),
        ("offered", True, "student"),
        ("accepted", False, None),
        ("rejected", False, None),
        ("withdrawn", False, None),
        ("expired", False, None),
    ],
)
def test_application_waits_for(state, picked, turn):
    assert turns.of_application(state, picked=picked) == turn
