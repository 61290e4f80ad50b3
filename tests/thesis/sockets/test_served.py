"""The socket of a thesis through a running server, with the client that docs/protocols/theses.md prints."""

import json
import re
import subprocess
import sys
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from digi.accounts.services import tokens
from tests.client import ask
from tests.servers import ROOT
from thesis.models import ThesisMember
from thesis.services import discussion

PAGE = ROOT / "docs" / "protocols" / "theses.md"


def printed_client() -> str:
    """The one program in the page."""
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(program.strip().splitlines()) <= 15
    return program


@pytest.fixture
def enter(session_cookie, thesis):
    """Open a socket and hear its welcome: `enter(server, alice)`."""
    with ExitStack() as stack:

        def open_socket(server, user):
            link = connect(
                f"{server.socket_url}/ws/theses/{thesis.uuid}/",
                origin=server.url,
                additional_headers={"Cookie": session_cookie(user)},
                compression=None,
                proxy=None,
            )
            stack.enter_context(link)
            link.send('{"type":"hello","v":1}')
            assert json.loads(link.recv(timeout=20))["type"] == "welcome"
            next_of(link, "synced")  # somebody else's coming may be told before
            return link

        yield open_socket


@pytest.fixture
def bob_asks(bob):
    """Have Bob ask the API of a server: `bob_asks(server, "post", "threads/…", {…})`."""
    _, token = tokens.create(user=bob, name="program", scopes=["theses:read", "theses:write"])
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(server, method: str, path: str, body=None):
        content = json.dumps(body) if body is not None else None
        answer = ask(method.upper(), f"{server.url}/api/v1/{path}", body=content, headers=headers)
        assert answer.status < 300, answer.body
        return answer.json() if answer.body else None

    return call


def next_of(link, kind: str) -> dict:
    while (frame := json.loads(link.recv(timeout=20)))["type"] != kind:
        pass
    return frame


def test_talk_reaches_who_may_read_it(server_on_each_layer, enter, bob_asks, thesis, alice, carol):
    student, examiner = enter(server_on_each_layer, alice), enter(server_on_each_layer, carol)
    threads = f"theses/{thesis.uuid}/threads/"

    among_us = bob_asks(server_on_each_layer, "post", threads, {"body": "Among us.", "visibility": "staff"})
    for_all = bob_asks(server_on_each_layer, "post", threads, {"body": "For all."})

    assert next_of(student, "comment.added")["within"] == for_all["id"]
    assert [next_of(examiner, "comment.added")["within"] for _ in range(2)] == [among_us["id"], for_all["id"]]


def test_removed_member_is_shown_out_at_once_and_for_good(server_on_each_layer, enter, bob_asks, thesis, carol):
    link = enter(server_on_each_layer, carol)
    member = ThesisMember.objects.get(thesis=thesis, user=carol)

    bob_asks(server_on_each_layer, "delete", f"theses/{thesis.uuid}/members/{member.uuid}/")

    with pytest.raises(ConnectionClosed) as shown_out:
        next_of(link, "never")
    with pytest.raises(ConnectionClosed) as refused:
        enter(server_on_each_layer, carol)
    assert (shown_out.value.rcvd.code, refused.value.rcvd.code) == (4403, 4403)


def test_outsider_is_refused(server_on_each_layer, enter, erin):
    with pytest.raises(ConnectionClosed) as refused:
        enter(server_on_each_layer, erin)

    assert refused.value.rcvd.code == 4403


def test_frame_without_text_is_answered_and_the_socket_goes_on(server_on_each_layer, enter, bob_asks, thesis, alice):
    link = enter(server_on_each_layer, alice)

    link.send("")

    assert next_of(link, "error")["code"] == "bad_frame"
    bob_asks(server_on_each_layer, "post", f"theses/{thesis.uuid}/threads/", {"body": "Still there?"})
    assert next_of(link, "comment.added")["type"] == "comment.added"


def test_printed_client_prints_what_was_missed(server_on_each_layer, thesis, alice, bob, tmp_path):
    _, token = tokens.create(user=alice, name="watcher", scopes=["theses:read"])
    program = tmp_path / "watch.py"
    program.write_text(printed_client())
    before = thesis.ledger.members
    discussion.open_thread(thesis=thesis, by=bob, body="For all.")
    discussion.open_thread(thesis=thesis, by=bob, body="Among us.", visibility="staff")

    arguments = [server_on_each_layer.url, token, str(thesis.uuid), str(before), "members"]
    command = [sys.executable, "-u", str(program), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as client:
        lines = [client.stdout.readline().split()[:2] for _ in range(3)]
        client.terminate()

    assert lines == [[str(before + 1), "welcome"], [str(before + 1), "comment.added"], [str(before + 1), "synced"]]
