"""Pages that are made in processes of their own, on connections that others have accepted."""

import json
import os
import signal
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from types import SimpleNamespace

import psutil
import pytest
from websockets.sync.client import connect

from digi.server import reception
from tests.servers import DaphneServer

COMMAND = [sys.executable, "run_daphne.py", "--page-workers", "1", "tests.digi.server.application:application"]


class Apart(DaphneServer):
    """A worker for sockets, `chat`, and one for pages, `pages`."""

    def __init__(self, redis_url: str) -> None:
        super().__init__(redis_url=redis_url, command=COMMAND)

    def answers(self) -> bool:
        return self.output().count("started") == 2 and "Digi listens" in self.output()

    @property
    def chat(self) -> int:
        return next(process.pid for process in self._workers() if process.nice() == 0)

    @property
    def pages(self) -> int:
        return next(process.pid for process in self._workers() if process.nice() == reception.NICE)

    def _workers(self) -> list[psutil.Process]:
        return psutil.Process(self.pid).children()

    def ask(self) -> dict:
        with closing(self.connection()) as connection:
            return self.ask_on(connection)

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask_on(self, connection: HTTPConnection, body: bytes | None = None) -> dict:
        connection.request("GET" if body is None else "POST", "/process", body)
        with connection.getresponse() as answer:
            assert answer.status == 200
            return json.loads(answer.read())


@pytest.fixture(scope="module")
def server(django_db_setup, redis_url):
    with Apart(redis_url) as one:
        yield one


@contextmanager
def stopped(pid: int):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def asked(port: int) -> socket.socket:
    """A connection that asks for a page, and has not read the answer."""
    connection = socket.create_connection(("127.0.0.1", port), 60)
    connection.sendall(b"GET /process HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return connection


def answer_of(connection: socket.socket) -> bytes:
    received = b""
    while more := connection.recv(65_536):
        received += more
    connection.close()
    return received


def test_pages_and_sockets_have_processes_of_their_own(server):
    with connect(f"ws://127.0.0.1:{server.port}/") as one:
        one.send("who are you")

        assert int(one.recv(30)) == server.chat
    assert server.ask()["pid"] == server.pages


def test_connection_that_was_handed_over_stays_with_who_has_it(server):
    large = bytes(300_000)  # several times what is read at once
    with closing(server.connection()) as connection:
        answers = [server.ask_on(connection), server.ask_on(connection, large), server.ask_on(connection)]

        assert [answer["pid"] for answer in answers] == [server.pages] * 3
        assert [answer["bytes"] for answer in answers] == [0, len(large), 0]
        assert answers[0]["client"] == list(connection.sock.getsockname())


def test_request_whose_head_comes_in_pieces_is_answered_where_it_came(server):
    with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
        for piece in (b"GET /process HT", b"TP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"):
            connection.sendall(piece)
            time.sleep(0.3)

        assert f'"pid": {server.chat}'.encode() in answer_of(connection)


def test_socket_on_a_connection_that_has_asked_for_a_page_works_too(server):
    with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
        connection.sendall(b"GET /process HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in connection.recv(65_536)

        with connect(f"ws://127.0.0.1:{server.port}/", sock=connection) as one:
            one.send("who are you")

            assert int(one.recv(30)) == server.pages


def test_pages_wait_for_the_successor_of_a_worker_that_was_killed_and_sockets_notice_nothing(server):
    before = server.pages
    with connect(f"ws://127.0.0.1:{server.port}/") as one:
        os.kill(before, signal.SIGKILL)

        assert server.ask()["pid"] not in {before, server.chat}
        one.send("who are you")
        assert int(one.recv(30)) == server.chat


def test_crowd_that_finds_the_worker_for_pages_busy_is_answered(server):
    with stopped(server.pages):
        crowd = [asked(server.port) for _ in range(300)]
        time.sleep(1)

    assert [b"200 OK" in answer_of(one) for one in crowd] == [True] * len(crowd)


def test_visitor_who_has_hung_up_before_the_page_was_begun_disturbs_nobody(server):
    with stopped(server.pages):
        rude = asked(server.port)
        time.sleep(0.5)
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        rude.close()

    assert server.ask()["pid"] == server.pages
    assert "Traceback" not in server.output()


def test_page_under_way_is_answered_before_the_workers_end(django_db_setup, redis_url):
    with Apart(redis_url) as server, ThreadPoolExecutor(1) as visitor:
        page = visitor.submit(answer_of, _slow(server.port))
        server._wait_until(lambda: "working" in server.output(), seconds=30)

        server.process.terminate()

        assert page.result(40).endswith(b"done")
        assert server.process.wait(40) == 0


def _slow(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 60)
    connection.sendall(b"GET /slow/2 HTTP/1.0\r\nHost: localhost\r\n\r\n")
    return connection


def test_hang_up_replaces_both_and_refuses_nobody(server):
    before = {server.chat, server.pages}

    os.kill(server.pid, signal.SIGHUP)

    end = time.monotonic() + 90
    while before & {child.pid for child in psutil.Process(server.pid).children()}:
        assert time.monotonic() < end
        server.ask()
    assert server.ask()["pid"] == server.pages


def test_full_queue_takes_no_more_and_leaves_the_connection_alone():
    to_give, to_take = reception.pair()
    giver = reception.Giver(to_give.detach())
    given = []

    with to_take, closing(giver), socket.socket() as connection:
        transport = SimpleNamespace(fileno=connection.fileno, loseConnection=lambda: given.append(True))

        assert next(count for count in range(5000) if not giver.give(transport, bytes(60_000))) == len(given) > 0


@pytest.mark.parametrize(
    ("beginning", "page"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", True),
        (b"POST /api/ HTTP/1.1\r\nContent-Length: 9\r\n\r\nupgrade: ", True),
        (b"GET /upgrade: HTTP/1.1\r\nX-Upgrade: 1\r\n\r\n", True),
        (b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", False),
        (b"GET /ws HTTP/1.1\r\nuPGRADE : websocket\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", False),
        (b"", False),
    ],
)
def test_page_is_what_begins_with_a_whole_head_that_does_not_upgrade(beginning, page):
    assert reception.asks_for_page(beginning) is page
