"""What the tests of pages share."""

import pytest

from tests.thesis.making import dated
from thesis.services import discussion
from thesis.states import State


@pytest.fixture
def three(institute):
    """A late draft, one being written with a month to go, and one that is completed."""
    late = dated(institute.thesis(title="A late one"), due=-3)
    writing = dated(institute.thesis(title="B being written", state=State.WRITING), due=30)
    over = institute.thesis(title="C over", state=State.COMPLETED)
    return late, writing, over


@pytest.fixture
def application(institute):
    """Alice's, for Bob's topic."""
    return institute.application()


@pytest.fixture
def writing(institute):
    return institute.thesis(state=State.WRITING)


@pytest.fixture
def talk(writing, bob):
    """Bob's, which everybody reads."""
    return discussion.open_thread(thesis=writing, by=bob, body="Which **sample** is it?")[1]


@pytest.fixture
def hidden(writing, bob):
    """Bob's, which students do not read."""
    return discussion.open_thread(thesis=writing, by=bob, body="Is it too thin?", visibility="staff")[1]
