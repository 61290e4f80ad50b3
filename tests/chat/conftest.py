"""Alice and Bob share a room; Charlie is the outsider."""

import pytest
from django.test import Client

from chat.services import journal, rooms, sealing
from digi.asgi import application
from digi.environment import Rate
from digi.realtime.hub import hub
from tests.chat.sockets import House
from tests.chat.writing import add, edit, id_of


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


@pytest.fixture
def cookies(alice, bob, charlie, session_cookie) -> dict[int, str]:
    """The Cookie header of a session of each of the three, by the person's row id."""
    return {user.pk: session_cookie(user) for user in (alice, bob, charlie)}


@pytest.fixture
async def house(transactional_db, settings, room, cookies):
    """Opens sockets on `digi.asgi.application` in this process, with limits that no test meets by chance."""
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(100_000, 1))
    open_house = House(application, cookies)
    yield open_house
    await open_house.close()
    await hub().close()


@pytest.fixture
def talk(room, alice, bob):
    """Three messages; the second is Bob's, the third is edited."""
    journal.write([add(room, alice, "one"), add(room, bob, "two", reply_to=id_of(room, 1)), add(room, alice, "three")])
    journal.write([edit(room, alice, id_of(room, 3), "drei")])
    return room


@pytest.fixture
def api(client_for):
    """A client of the API in a person's session: `api(alice)("get", "rooms/")`."""

    signed_in: dict[int, Client] = {}

    def of(user):
        if user.pk not in signed_in:
            signed_in[user.pk] = client_for(user)
        client = signed_in[user.pk]

        def call(method: str, path: str, body=None, **more):
            return getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json", **more)

        return call

    return of
