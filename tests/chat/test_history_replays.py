"""Whatever happens in a room, reading on from any number ends in the state of who was there all the time."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.services import history
from digi.realtime.wire import text_of
from tests.chat.storms import Copy, Storm, frames, stands
from tests.chat.writing import office

pytestmark = pytest.mark.django_db


def follow(room, copy, *, limit: int) -> None:
    """Read on from a copy's head to the end, as a socket does."""
    while True:
        look = history.after(room, copy.head, limit=limit)
        for frame in frames(look.events):
            copy.apply(frame)
        if not look.more:
            return


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), limit=st.integers(1, 40))
def test_any_replay_ends_in_the_state_of_who_was_there_all_the_time(
    room, alice, bob, django_capture_on_commit_callbacks, seed, limit
):
    """From any number, in pages of any size, and also when every second replay breaks off and begins anew."""
    start = Copy()
    follow(room, start, limit=500)
    with office() as told, django_capture_on_commit_callbacks(execute=True):
        Storm(room, [alice, bob], seed).blow(60)
    live, at_number = start.clone(), {start.head: start.clone()}
    for event in told:
        if getattr(event, "n", 0):
            live.apply(json.loads(text_of(event.frame)))
            at_number[live.head] = live.clone()
    room.refresh_from_db()
    assert live.head == room.head

    for copy in at_number.values():
        follow(room, copy, limit=limit)
        assert copy.messages == live.messages == stands(room)
        assert copy.members == live.members
        assert copy.settings == live.settings
        assert copy.head == room.head


@pytest.mark.parametrize("seed", range(4))
def test_a_replay_that_breaks_off_again_and_again_loses_nothing(room, alice, bob, seed):
    """What a client got before the line broke stays; while it is away the room goes on."""
    dice, storm, copy = random.Random(seed), Storm(room, [alice, bob], seed), Copy()

    for _ in range(25):
        storm.blow(15)
        for frame in frames(history.after(room, copy.head, limit=dice.randint(1, 20)).events):
            copy.apply(frame)
    follow(room, copy, limit=7)

    room.refresh_from_db()
    assert copy.head == room.head
    assert copy.messages == stands(room)
