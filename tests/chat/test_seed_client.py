"""A client written from the seed dialect's page alone, with an independent library, against a running Daphne."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from chat.connection import issue
from chat.models import Message
from chat.services import rooms
from tests.chat.sockets import PATIENCE
from tests.servers import DaphneServer


class SeedClient:
    """Text frames of JSON at /ws/chat/<connection id>/, under a browser's session."""

    def __init__(self, link: ClientConnection) -> None:
        self.link = link

    def say(self, **frame: object) -> None:
        self.link.send(json.dumps(frame))

    def hear(self) -> dict:
        return json.loads(self.link.recv(timeout=PATIENCE))

    def hears_nothing(self, seconds: float = 0.4) -> bool:
        try:
            self.link.recv(timeout=seconds)
        except TimeoutError:
            return True
        return False


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
def enter(session_cookie, room) -> Iterator[Callable[..., SeedClient]]:
    """Open a socket of the room: `enter(server, alice)`."""
    with ExitStack() as stack:

        def open_socket(server: DaphneServer, user, **options) -> SeedClient:
            link = connect(
                f"{server.socket_url}/ws/chat/{issue(room.pk, user.pk)}/",
                origin=server.url,
                additional_headers={"Cookie": session_cookie(user)},
                compression=None,
                proxy=None,
                open_timeout=PATIENCE,
                **options,
            )
            return SeedClient(stack.enter_context(link))

        yield open_socket


def test_two_people_add_edit_and_delete(server_on_each_layer, alice, bob, enter):
    one, other = enter(server_on_each_layer, alice), enter(server_on_each_layer, bob)

    one.say(type="add", message="hi", user="alice")
    first = other.hear()
    other.say(type="add", message="hello")
    second = one.hear(), one.hear()
    one.say(type="edit", message_id=first["message_id"], message="hi!")
    edited = one.hear()
    other.say(type="delete", message_id=second[1]["message_id"])
    deleted = one.hear()

    assert first == {"message": "hi", "user": "alice", "message_id": first["message_id"]}
    assert second == (first, {"message": "hello", "user": "bob", "message_id": second[1]["message_id"]})
    assert edited == {"type": "edit", "message": "hi!", "user": "alice", "message_id": first["message_id"]}
    assert deleted == {"type": "delete", "user": "bob", "message_id": second[1]["message_id"]}
    assert [other.hear() for _ in range(3)] == [second[1], edited, deleted]
    assert one.hears_nothing()
    assert other.hears_nothing()


def test_two_servers_on_redis_carry_every_frame(start_server, redis_url, alice, bob, enter):
    one = enter(start_server(redis_url=redis_url), alice)
    other = enter(start_server(redis_url=redis_url), bob)

    for number in range(15):
        one.say(type="add", message=f"line {number}")
    added = [other.hear() for _ in range(15)]
    one.say(type="edit", message_id=added[3]["message_id"], message="line three")
    edited = other.hear()
    one.say(type="delete", message_id=added[4]["message_id"])
    deleted = other.hear()

    assert [frame["message"] for frame in added] == [f"line {number}" for number in range(15)]
    assert edited == {
        "type": "edit",
        "message": "line three",
        "user": "alice",
        "message_id": added[3]["message_id"],
    }
    assert deleted == {"type": "delete", "user": "alice", "message_id": added[4]["message_id"]}
    assert [one.hear() for _ in range(17)] == [*added, edited, deleted]


def test_nothing_is_said_on_connect_even_under_an_unknown_subprotocol(server, alice, enter):
    client = enter(server, alice, subprotocols=["wamp"])

    assert client.hears_nothing(1)
    client.say(type="add", message="hi")
    assert set(client.hear()) == {"message", "user", "message_id"}


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "add", "message": "hi", "user": "alice"}, "wrong_user"),
        ({"type": "add", "message": ""}, "empty"),
        ({"type": "add", "message": " \n\t"}, "empty"),
        ({"type": "add", "message": "x" * 8001}, "too_long"),
        ({"type": "add", "message": 7}, "bad_frame"),
        ({"type": "add"}, "bad_frame"),
        ({"message": "hi"}, "bad_frame"),
        ({"type": "shout", "message": "hi"}, "unknown_type"),
        ({"type": "edit", "message_id": "never-was", "message": "hi"}, "unknown_message"),
        ({"type": "delete", "message_id": "never-was"}, "unknown_message"),
    ],
)
def test_a_wrong_frame_gets_a_named_error_and_stores_nothing(server, alice, bob, enter, frame, code):
    one, other = enter(server, alice), enter(server, bob)

    other.say(**frame)
    answer = other.hear()

    assert answer == {"type": "error", "code": code, "message": answer["message"]}
    assert answer["message"]
    assert one.hears_nothing()
    assert not Message.objects.exists()


@pytest.mark.parametrize("kind", ["edit", "delete"])
def test_somebody_elses_message_stays_as_it_is(server, alice, bob, enter, kind):
    one, other = enter(server, alice), enter(server, bob)
    one.say(type="add", message="mine")
    message_id = other.hear()["message_id"]
    one.hear()

    other.say(type=kind, message_id=message_id, **({"message": "yours"} if kind == "edit" else {}))

    assert other.hear()["code"] == "not_yours"
    assert one.hears_nothing()
    message = Message.objects.get()
    assert (message.rev, message.deleted) == (1, False)


def test_text_that_is_not_json_is_an_error_and_no_end(server, alice, enter):
    client = enter(server, alice)

    client.link.send("{")
    error = client.hear()
    client.say(type="add", message="still here")

    assert error["code"] == "bad_frame"
    assert client.hear()["message"] == "still here"


def test_who_has_left_the_room_is_told_so_and_shown_out(server, alice, bob, room, enter):
    one, other = enter(server, alice), enter(server, bob)

    rooms.leave(room=room, by=bob)  # in this process, whose events do not reach the server's memory
    other.say(type="add", message="am I still in?")

    assert other.hear()["code"] == "not_member"
    with pytest.raises(ConnectionClosed) as closed:
        other.hear()
    assert closed.value.rcvd.code == 4403
    assert not Message.objects.exists()
    one.say(type="add", message="no")
    assert one.hear()["message"] == "no"


def test_both_dialects_share_a_room(server, alice, bob, enter):
    seed, v2 = enter(server, alice), enter(server, bob, subprotocols=["digi.v2"])
    welcome = v2.hear()
    v2.say(type="resume", since=welcome["head"])
    while v2.hear()["type"] != "synced":
        pass

    cid = str(uuid.uuid4())
    v2.say(type="add", cid=cid, message="from v2", reply_to=None)
    told = seed.hear()
    seed.say(type="add", message="from seed")
    answer = seed.hear()
    v2.say(type="edit", cid=str(uuid.uuid4()), message_id=told["message_id"], message="edited", base_rev=1)
    edited = seed.hear()
    seed.say(type="delete", message_id=answer["message_id"])
    deleted = seed.hear()

    assert told == {"message": "from v2", "user": "bob", "message_id": told["message_id"]}
    assert edited == {"type": "edit", "message": "edited", "user": "bob", "message_id": told["message_id"]}
    assert deleted == {"type": "delete", "user": "alice", "message_id": answer["message_id"]}
    heard = []
    while not heard or heard[-1]["type"] != "delete":
        frame = v2.hear()
        if frame["type"] in {"add", "edit", "delete"}:
            heard.append(frame)
    assert [(frame["type"], frame["n"], frame["user"]) for frame in heard] == [
        ("add", welcome["head"] + 1, "bob"),
        ("add", welcome["head"] + 2, "alice"),
        ("edit", welcome["head"] + 3, "bob"),
        ("delete", welcome["head"] + 4, "alice"),
    ]
