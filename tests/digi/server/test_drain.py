"""The orderly end of a server: nobody new, nobody cut off in the middle, everybody told."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.servers import DaphneServer

COMMAND = [sys.executable, "-m", "tests.digi.server.application", "{port}"]


class SlowServer(DaphneServer):
    def __init__(self, **environment: str) -> None:
        super().__init__(command=COMMAND, **environment)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def signal(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def await_line(self, line: str, *, seconds: float = 30) -> None:
        self._wait_until(lambda: line in self.output().splitlines(), seconds=seconds)

    def await_drain(self) -> None:
        """It has heard the signal: it lets nobody in any more, and has not ended yet."""
        self._wait_until(lambda: not self.answers(), seconds=20)
        assert self.process.poll() is None


@pytest.fixture
def serve(db) -> Iterator:
    started = []

    def start(**environment: str) -> SlowServer:
        started.append(SlowServer(**environment))
        return started[-1].start()

    yield start
    for server in started:
        server.kill()


class Visitor(threading.Thread):
    """Asks for a page in a thread of its own; `answer` is what came, or the error."""

    def __init__(self, server: SlowServer, seconds: float) -> None:
        super().__init__(daemon=True)
        self.url = f"{server.url}/slow/{seconds}"
        self.answer: bytes | Exception | None = None
        self.start()
        server.await_line("working")

    def run(self) -> None:
        try:
            with urlopen(self.url, timeout=30) as answer:
                self.answer = answer.read()
        except Exception as error:
            self.answer = error


def test_request_on_its_way_is_answered_and_the_application_shuts_down(serve):
    server = serve()
    visitor = Visitor(server, 1)

    server.signal()

    assert server.process.wait(40) == 0
    visitor.join(20)
    assert visitor.answer == b"done"
    assert server.output().splitlines()[-1] == "shut down"


def test_sockets_are_told_to_come_again_and_their_application_hears_of_it(serve):
    server = serve()
    with connect(server.socket_url) as link:
        server.signal()

        with pytest.raises(ConnectionClosed) as closed:
            link.recv(20)
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1012, "restart")
    assert server.process.wait(40) == 0
    assert server.output().splitlines()[-2:] == ["disconnected 1012", "shut down"]


def test_what_a_socket_has_said_before_the_end_is_answered(serve):
    server = serve()
    with connect(server.socket_url) as link:
        link.send("answer me")
        server.await_line("asked")

        server.signal()

        assert link.recv(20) == "here"
        with pytest.raises(ConnectionClosed):
            link.recv(20)


def test_client_that_never_says_goodbye_does_not_hold_the_end_up(serve):
    server = serve(DIGI_DRAIN_SECONDS="5")
    with socket.create_connection(("127.0.0.1", server.port)) as link:
        link.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert link.recv(1000).startswith(b"HTTP/1.1 101")

        server.signal()

        assert server.process.wait(30) == 0


def test_nobody_new_is_let_in_while_it_drains(serve):
    server = serve()
    Visitor(server, 20)
    server.signal()
    server.await_drain()

    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", server.port), 20):
        pass


def test_drain_ends_when_its_time_is_over(serve):
    server = serve(DIGI_DRAIN_SECONDS="1")
    Visitor(server, 30)
    start = time.monotonic()

    server.signal()

    assert server.process.wait(40) == 0
    assert 0.9 < time.monotonic() - start < 25
    assert "1 connections had not finished after 1 s" in server.output()


def test_second_signal_ends_at_once(serve):
    server = serve(DIGI_DRAIN_SECONDS="30")
    Visitor(server, 30)
    server.signal()
    server.await_drain()

    server.signal()

    assert server.process.wait(20) == -signal.SIGTERM


def test_start_up_that_fails_is_one_line_and_nothing_listens(db):
    server = SlowServer(FAILS="1")

    with pytest.raises(AssertionError, match="ended with 1"):
        server.start()

    assert "Digi does not start: the cellar is flooded." in server.output().splitlines()
    assert "listens" not in server.output()


def test_application_without_a_lifespan_is_served_and_drained(serve):
    server = serve(FOREIGN="1")
    visitor = Visitor(server, 0.5)

    server.signal()

    assert server.process.wait(40) == 0
    visitor.join(20)
    assert visitor.answer == b"done"
