"""The send path's short cut: the same bytes on the wire as the ordinary way's."""

import asyncio
import base64
import json
import os
import socket
import ssl
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat import connection
from chat.services import messages, rooms
from digi.realtime.wire import text_frame, text_of
from tests.digi.server.doors import Door
from tests.servers import DaphneServer


@given(
    st.lists(
        st.text(min_size=1, max_size=70) | st.sampled_from((125, 126, 65_535, 65_536)).map("x".__mul__), min_size=1
    )
)
@settings(max_examples=100, deadline=None)
def test_frames_equal_autobahns(texts):
    async def send() -> tuple[bytes, bytes]:
        short, ordinary = await Door(listens=True).open(), await Door(listens=True).open()
        short.socket.write(b"".join(text_frame(text.encode()) for text in texts))
        for text in texts:
            ordinary.socket.serverSend(text)
        return short.said, ordinary.said

    short, ordinary = asyncio.run(send())

    assert short == ordinary
    assert [text_of(text_frame(text.encode())) for text in texts] == texts


async def test_nothing_is_written_after_the_goodbye():
    door = await Door(listens=True).open()
    door.socket.go_away()
    said = door.said

    door.socket.write(text_frame(b"late"))

    assert door.said == said == b"\x88\x09\x03\xf4restart"


@pytest.fixture
def talk(person):
    """Everything a history can hold, for the room's page of a member: the connection id and the person."""
    alice, bob = person("alice"), person("bob")
    room, _ = rooms.open_pair(by=alice, other=bob)
    for text in ("short", "ü" * 70, "long " * 1_500, "𝔘" * 8_000):
        messages.post(room=room, by=bob, text=text)
    edited = messages.post(room=room, by=alice, text="edited")
    messages.edit(room=room, by=alice, message_id=edited.message_id, text="edited again")
    gone = messages.post(room=room, by=alice, text="gone")
    messages.delete(room=room, by=alice, message_id=gone.message_id)
    return alice, connection.issue(room.pk, alice.pk)


def stream(port: int, cookie: str, connection_id: str, *, context: ssl.SSLContext | None = None) -> bytes:
    """Every byte that a digi.v2 client gets after the handshake, from the welcome to the end of the history."""
    link = socket.create_connection(("127.0.0.1", port), 30)
    if context is not None:
        link = context.wrap_socket(link)
    with link:
        key = base64.b64encode(os.urandom(16)).decode()
        scheme = "http" if context is None else "https"
        link.sendall(
            f"GET /ws/chat/{connection_id}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {scheme}://127.0.0.1:{port}\r\n"
            f"Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: digi.v2\r\n\r\n".encode()
        )
        data = b""
        while b"\r\n\r\n" not in data:
            data += link.recv(65_536)
        assert data.startswith(b"HTTP/1.1 101"), data
        resume = json.dumps({"type": "resume", "since": 0}).encode()
        link.sendall(bytes((0x81, 0x80 | len(resume))) + bytes(4) + resume)
        while b'"synced"' not in data or not data.endswith(b"}"):
            data += link.recv(65_536)
        return data.partition(b"\r\n\r\n")[2]


def test_a_history_comes_alike_with_every_switch_off(talk, start_server, session_cookie):
    alice, connection_id = talk
    cookie = session_cookie(alice)
    short, ordinary = start_server(), start_server(DIGI_FAST="none")

    streams = [stream(server.port, cookie, connection_id) for server in (short, ordinary)]

    assert streams[0] == streams[1]
    assert len(streams[0]) > 32_000


def test_a_history_comes_alike_over_tls(talk, start_server, session_cookie, tmp_path):
    alice, connection_id = talk
    cookie = session_cookie(alice)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *[
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=localhost",
                "-keyout",
            ],
            key,
            "-out",
            certificate,
        ],
        check=True,
        capture_output=True,
    )
    endpoint = f"ssl:{{port}}:privateKey={key}:certKey={certificate}:interface=127.0.0.1"
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    plain, secure = start_server(), SecureServer(command=[sys.executable, "run_daphne.py", "-e", endpoint])

    with secure:
        streams = [
            stream(plain.port, cookie, connection_id),
            stream(secure.port, cookie, connection_id, context=context),
        ]

    assert streams[0] == streams[1]


OPENSSL = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"


class SecureServer(DaphneServer):
    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
