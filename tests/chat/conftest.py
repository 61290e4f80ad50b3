"""Alice and Bob share a room; Charlie is the outsider."""

import pytest

from chat.services import rooms, sealing


@pytest.fixture(autouse=True)
def _no_keys_of_other_tests():
    """Row ids come again when a test is rolled back, and data keys are remembered by room."""
    sealing.forget()


@pytest.fixture
def alice(person):
    return person("alice")


@pytest.fixture
def bob(person):
    return person("bob")


@pytest.fixture
def charlie(person):
    return person("charlie")


@pytest.fixture
def room(alice, bob):
    return rooms.open_pair(by=alice, other=bob)[0]


@pytest.fixture
def other_room(alice, charlie):
    """A room that Bob is not in."""
    return rooms.open_pair(by=alice, other=charlie)[0]
