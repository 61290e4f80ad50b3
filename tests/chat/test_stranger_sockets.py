"""Who must not get into a room's socket, and how little they are told."""

import base64
import json
import time

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from chat.connection import LIFETIME, issue
from chat.services import rooms
from digi.crypto import derive, ring, ring_keys
from tests.chat.sockets import PATIENCE

DIALECTS = pytest.mark.parametrize("dialect", [None, ["digi.v2"]], ids=["seed", "v2"])


@pytest.fixture
def alice(person):
    return person("alice")


@pytest.fixture
def bob(person):
    return person("bob")


@pytest.fixture
def charlie(person):
    """The outsider."""
    return person("charlie")


@pytest.fixture
def room(alice, bob):
    return rooms.open_pair(by=alice, other=bob)[0]


@pytest.fixture
def visit(server, session_cookie):
    """Open a socket and wait for its end: (frames, close code)."""

    def open_socket(user, connection_id, *, dialect=None) -> tuple[list, int]:
        link = dial(server, f"/ws/chat/{connection_id}/", cookie=session_cookie(user), subprotocols=dialect)
        frames = []
        with link, pytest.raises(ConnectionClosed) as closed:
            drain(link, frames)
        return frames, closed.value.rcvd.code

    return open_socket


def drain(link, frames) -> None:
    while True:
        frames.append(json.loads(link.recv(timeout=PATIENCE)))


def dial(server, path, *, cookie="", origin="", **options):
    """A connection, or InvalidStatus. The origin is the server's own; None sends no such header."""
    return connect(
        server.socket_url + path,
        origin=server.url if origin == "" else origin,
        additional_headers={"Cookie": cookie} if cookie else None,
        compression=None,
        proxy=None,
        open_timeout=PATIENCE,
        **options,
    )


def expired(room, user) -> str:
    """A genuine connection id of yesterday."""
    payload = ring().read(issue(room.pk, user.pk), LIFETIME)
    fernet = Fernet(base64.urlsafe_b64encode(derive(ring_keys(settings.DIGI_ENCRYPTION_KEYS)[0], "connection")))
    token = fernet.encrypt_at_time(payload, int(time.time()) - LIFETIME - 60)
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


@DIALECTS
def test_outsider_with_a_valid_id_gets_4403_and_nothing_else(visit, room, charlie, dialect):
    assert visit(charlie, issue(room.pk, charlie.pk), dialect=dialect) == ([], 4403)


@DIALECTS
def test_outsider_hears_nothing_of_a_talk_under_way(visit, server, session_cookie, room, alice, charlie, dialect):
    path = f"/ws/chat/{issue(room.pk, alice.pk)}/"

    with dial(server, path, cookie=session_cookie(alice)) as talking:
        for number in range(10):
            talking.send(json.dumps({"type": "add", "message": f"secret {number}"}))
        seen = visit(charlie, issue(room.pk, charlie.pk), dialect=dialect)

    assert seen == ([], 4403)


@DIALECTS
def test_id_of_another_person_is_refused(visit, room, alice, bob, charlie, dialect):
    assert visit(charlie, issue(room.pk, alice.pk), dialect=dialect) == ([], 4403)
    assert visit(bob, issue(room.pk, alice.pk), dialect=dialect) == ([], 4403)


@DIALECTS
def test_former_member_is_refused(visit, room, bob, dialect):
    rooms.leave(room=room, by=bob)

    assert visit(bob, issue(room.pk, bob.pk), dialect=dialect) == ([], 4403)


@pytest.mark.parametrize("forge", ["flipped", "cut", "made up", "other purpose", "no such room"])
def test_forged_id_is_refused(visit, room, alice, forge):
    genuine = issue(room.pk, alice.pk)
    middle = len(genuine) // 2
    forged = {
        "flipped": genuine[:middle] + ("A" if genuine[middle] != "A" else "B") + genuine[middle + 1 :],
        "cut": genuine[:-8],
        "made up": "Z0FBQUFB" + "x" * 100,
        "other purpose": ring().issue(b'[1,"download",%d,%d]' % (room.pk, alice.pk)),
        "no such room": issue(room.pk + 1000, alice.pk),
    }[forge]

    assert visit(alice, forged) == ([], 4403)


@DIALECTS
def test_expired_id_is_told_to_a_member_alone(visit, room, alice, charlie, dialect):
    frames, code = visit(alice, expired(room, alice), dialect=dialect)

    assert [(frame["type"], frame["code"]) for frame in frames] == [("error", "connection_expired")]
    assert code == 4403
    assert visit(charlie, expired(room, charlie), dialect=dialect) == ([], 4403)
    assert visit(charlie, expired(room, alice), dialect=dialect) == ([], 4403)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:1", "http://localhost", "null", "file://", None]
)
def test_foreign_origin_gets_403(server, session_cookie, room, alice, origin):
    path = f"/ws/chat/{issue(room.pk, alice.pk)}/"

    with pytest.raises(InvalidStatus) as refused:
        dial(server, path, cookie=session_cookie(alice), origin=origin)

    assert refused.value.response.status_code == 403
    with dial(server, path, cookie=session_cookie(alice)):  # the same from home
        pass


@pytest.mark.parametrize("cookie", ["", "sessionid=", "sessionid=nosuchsession0000000000000000000"])
def test_nobody_in_particular_gets_403(server, room, alice, cookie):
    with pytest.raises(InvalidStatus) as refused:
        dial(server, f"/ws/chat/{issue(room.pk, alice.pk)}/", cookie=cookie)

    assert refused.value.response.status_code == 403


def test_session_that_was_signed_out_gets_403(server, client_for, session_cookie, room, alice):
    client = client_for(alice)
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={client.cookies[name].value}"
    client.logout()

    with pytest.raises(InvalidStatus) as refused:
        dial(server, f"/ws/chat/{issue(room.pk, alice.pk)}/", cookie=cookie)

    assert refused.value.response.status_code == 403


def test_deactivated_person_gets_403(server, session_cookie, room, alice):
    cookie = session_cookie(alice)
    alice.is_active = False
    alice.save()

    with pytest.raises(InvalidStatus) as refused:
        dial(server, f"/ws/chat/{issue(room.pk, alice.pk)}/", cookie=cookie)

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/ws/", "/ws/nothing/", "/", "/ws/chat/a/b/", "/ws/chat"])
def test_unknown_path_is_refused_and_no_error_of_the_server(server, session_cookie, alice, path):
    before = server.output()
    with pytest.raises(InvalidStatus) as refused:
        dial(server, path, cookie=session_cookie(alice))

    assert refused.value.response.status_code == 403
    assert "Exception inside application" not in server.output().removeprefix(before)
