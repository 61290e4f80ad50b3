"""The chain of a thesis's history, and steps at the same moment."""

import pytest

from tests.thesis.races import at_once
from tests.thesis.stages import step
from thesis.models import Transition
from thesis.services import history

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda steps: steps.filter(n=2).update(reason="Nothing to see."), 2),
        (lambda steps: steps.filter(n=2).update(actor=None), 2),
        (lambda steps: steps.filter(n=1).update(to_state="graded"), 1),
        (lambda steps: steps.filter(n=2).update(details={"a": 1}), 2),
        (lambda steps: steps.filter(n=2).delete(), 2),
        (lambda steps: steps.filter(n=3).delete(), 3),
        (lambda steps: steps.filter(n=3).update(back=True), 3),
    ],
)
def test_altered_history_is_found(thesis, bob, spoil, found):
    step(thesis, "writing", bob)
    step(thesis, "withdrawn", bob)
    thesis.refresh_from_db()
    assert history.verify(thesis) is None

    spoil(Transition.objects.filter(thesis=thesis))

    assert history.verify(thesis) == found


@pytest.mark.django_db(transaction=True)
def test_of_two_steps_at_the_same_moment_one_is_taken(thesis, bob):
    ways = ("proposal", "writing")

    answers = at_once(2, lambda n: step(thesis, ways[n], bob, reason="").to_state)

    thesis.refresh_from_db()
    assert sorted(answers) == sorted(["no_such_step", thesis.state])
    assert (thesis.transitions.count(), history.verify(thesis)) == (2, None)


@pytest.mark.django_db(transaction=True)
def test_double_click_takes_a_step_once(thesis, bob):
    answers = at_once(3, lambda _n: step(thesis, "writing", bob).to_state)

    assert sorted(answers) == ["no_such_step", "no_such_step", "writing"]
    assert thesis.transitions.count() == 2
