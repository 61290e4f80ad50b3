"""Alice and Bob, their room, and clients of real servers."""

import pytest

from chat.connection import issue
from chat.services import rooms
from tests.chaos.client import Client
from tests.servers import DaphneServer

UNHURRIED = {
    f"DIGI_LIMIT_{name}": "1000000/1s" for name in ("FRAMES", "MESSAGES", "ADDRESS", "CONNECTS", "API", "ANONYMOUS")
}


@pytest.fixture
def alice(person):
    return person("alice")


@pytest.fixture
def bob(person):
    return person("bob")


@pytest.fixture
def room(alice, bob):
    return rooms.open_pair(by=alice, other=bob)[0]


@pytest.fixture
def start_unhurried(start_server):
    """Start a server without limits on rates."""

    def start(**options) -> DaphneServer:
        return start_server(**UNHURRIED, **options)

    return start


@pytest.fixture
def cookies(alice, bob, session_cookie) -> dict[int, str]:
    return {user.pk: session_cookie(user) for user in (alice, bob)}


@pytest.fixture
async def client(room, cookies):
    """Start a client: `client(server, alice)`."""
    started: list[Client] = []

    def start(server: DaphneServer, user) -> Client:
        address = f"{server.socket_url}/ws/chat/{issue(room.pk, user.pk)}/"
        made = Client(address, server.url, cookies[user.pk])
        made.start()
        started.append(made)
        return made

    yield start
    for made in started:
        await made.stop()
