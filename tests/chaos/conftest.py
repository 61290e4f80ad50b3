"""Alice, Bob and Carol, their rooms, and clients of real servers."""

import os
import sys

import pytest

from chat.connection import issue
from chat.services import rooms
from tests.chaos import results
from tests.chaos.client import Client
from tests.chaos.crowd import Crowd, Member
from tests.servers import DaphneServer

# Six to ten servers each: `make chaos` runs them, `make test` has no time for them.
collect_ignore = [] if results.LONG else ["test_cluster.py", "test_sentinel.py"]

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
def carol(person):
    return person("carol")


@pytest.fixture
def room(alice, bob):
    return rooms.open_pair(by=alice, other=bob)[0]


@pytest.fixture
def pairs(alice, bob, carol) -> list[tuple]:
    """Three rooms of two: (room, user) for each place in them."""
    couples = [(alice, bob), (bob, carol), (carol, alice)]
    found = [(rooms.open_pair(by=one, other=other)[0], (one, other)) for one, other in couples]
    return [(room, user) for room, people in found for user in people]


@pytest.fixture
def start_unhurried(start_server):
    """Start a server without limits on rates."""

    def start(**options) -> DaphneServer:
        return start_server(**{**UNHURRIED, **options})

    return start


@pytest.fixture
def pulse() -> dict:
    """Options of a server whose heartbeats come soon enough for a short test; the long form has the real ones."""
    return {} if results.LONG else {"command": [sys.executable, "tests/chaos/serve.py"]}


@pytest.fixture
def cookies(alice, bob, carol, session_cookie) -> dict[int, str]:
    return {user.pk: session_cookie(user) for user in (alice, bob, carol)}


@pytest.fixture
async def client(cookies, room):
    """Start a client: `client(server, alice)`, in Alice's and Bob's room unless another is named."""
    started: list[Client] = []
    usual = room

    def start(server: DaphneServer, user, room=None, **options) -> Client:
        address = f"{server.socket_url}/ws/chat/{issue((room or usual).pk, user.pk)}/"
        made = Client(address, server.url, cookies[user.pk], **options)
        made.start()
        started.append(made)
        return made

    yield start
    for made in started:
        await made.stop()


@pytest.fixture
def crowd(client, pairs):
    """Twelve clients in three rooms, spread over the servers: `crowd(server, rate=5)`."""

    def gather(*servers: DaphneServer, **options) -> Crowd:
        places = pairs * 2
        members = [
            Member(client(servers[number % len(servers)], user, room), room)
            for number, (room, user) in enumerate(places)
        ]
        return Crowd(list(servers), members, **options)

    return gather


def pytest_terminal_summary(terminalreporter) -> None:
    if os.environ.get("DIGI_CHAOS") and "PYTEST_XDIST_WORKER" not in os.environ:
        terminalreporter.section("what came of the faults")
        terminalreporter.write_line("\n".join(results.table()))
