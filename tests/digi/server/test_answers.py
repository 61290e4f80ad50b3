"""Large answers and readers that do not read."""

import socket
import time

import psutil
import pytest

from tests.digi.server.test_drain import SlowServer


@pytest.fixture
def server(db):
    with SlowServer() as started:
        yield started


def test_large_answer_waits_for_its_reader_and_comes_whole(server):
    process = psutil.Process(server.pid)
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        link.connect(("127.0.0.1", server.port))
        before = process.memory_info().rss
        link.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        time.sleep(1)

        held = process.memory_info().rss - before
        link.settimeout(40)
        received = 0
        while part := link.recv(1_048_576):
            received += len(part)

    assert held < 24 * 1_048_576
    assert received > 96 * 1_048_576


def test_reader_who_hangs_up_costs_nothing_more(server):
    with socket.create_connection(("127.0.0.1", server.port)) as link:
        link.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        link.recv(1000)

    server.signal()

    assert server.process.wait(40) == 0
    assert "Traceback" not in server.output()
