"""Every way of serving, and what our Daphne adds, against real processes."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from django.core.management import get_commands
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.client import ask
from tests.digi.firehose import FRAME, FRAMES, WINDOW
from tests.servers import ROOT, DaphneServer, Process, free_port

PLAIN_DAPHNE = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "digi.asgi:application"]
RUNSERVER = [sys.executable, "manage.py", "runserver", "--noreload", "127.0.0.1:{port}"]
FIREHOSE = [sys.executable, "-m", "tests.digi.firehose"]
LIMIT = 100_000


@pytest.mark.parametrize("command", [None, PLAIN_DAPHNE, RUNSERVER], ids=["run_daphne", "daphne", "runserver"])
def test_every_way_of_serving_serves_pages_and_refuses_strangers_sockets(start_server, command):
    server = start_server(command=command)

    page = ask("GET", f"{server.url}/accounts/login/")
    handshake = _status_of_handshake(f"{server.socket_url}/ws/chat/", origin=server.url)
    nowhere = _status_of_handshake(f"{server.socket_url}/elsewhere/", origin=server.url)

    assert (page.status, b'name="login"' in page.body) == (200, True)
    assert (handshake, nowhere) == (403, 403)


def test_runserver_is_daphnes():
    assert get_commands()["runserver"] == "daphne"


@pytest.mark.parametrize("command", [None, PLAIN_DAPHNE], ids=["run_daphne", "daphne"])
def test_body_over_the_limit_is_refused_by_its_declared_length_and_by_counting(start_server, command):
    server = start_server(command=command, DIGI_BODY_LIMIT=str(LIMIT))
    url = f"{server.url}/accounts/login/"

    declared = ask("POST", url, body=b"x" * (LIMIT + 1))
    counted = ask("POST", url, body=iter([b"x" * 60_000, b"x" * 60_000]))
    within = ask("POST", url, body=b"x" * LIMIT)

    assert (declared.status, counted.status) == (413, 413)
    assert declared.headers["Content-Type"] == "application/problem+json"
    assert declared.json()["code"] == counted.json()["code"] == "too_large"
    assert within.status == 403  # as far as the CSRF check


def test_body_over_the_limit_is_answered_before_it_is_sent(start_server):
    server = start_server(DIGI_BODY_LIMIT=str(LIMIT))

    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\nabc")
        answer = link.recv(4096)

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.fixture
def firehose():
    port = free_port()
    environment = {"DIGI_HOST": "127.0.0.1", "DIGI_PORT": str(port), "DIGI_LIMIT_OUTBOUND": str(2 * 1_048_576)}
    with Firehose(port, environment) as process:
        yield process


class Firehose(Process):
    def __init__(self, port, environment):
        super().__init__(FIREHOSE, name="firehose", environment=environment)
        self.port = port

    def answers(self):
        try:
            return ask("GET", f"http://127.0.0.1:{self.port}/").status == 200
        except OSError:
            return False


def test_stalled_reader_is_dropped_and_costs_no_more_than_the_limit(firehose):
    process = psutil.Process(firehose.pid)
    before = process.memory_info().rss

    with connect(f"ws://127.0.0.1:{firehose.port}/ws/chat/Z0FBQUFB/", max_queue=1, ping_interval=None) as link:
        _wait_until(lambda: "stalled" in firehose.output())
        grown = process.memory_info().rss - before
        with pytest.raises(ConnectionClosed):
            _drain(link)

    assert grown < 16 * 1_048_576
    assert "Z0FBQUFB" not in firehose.output()


def test_reader_that_keeps_up_gets_everything(firehose):
    received = 0
    with connect(f"ws://127.0.0.1:{firehose.port}/paced/", ping_interval=None, compression=None) as link:
        for number in range(1, FRAMES + 1):
            received += len(link.recv(timeout=30))
            if number % WINDOW == 0:
                link.send("more")

    assert received == FRAMES * len(FRAME)


def test_access_log_leaves_out_connection_ids_mailed_keys_and_queries(start_server):
    server = start_server()

    ask("GET", f"{server.url}/chat/Z0FBQUFBconnection/")
    ask("GET", f"{server.url}/accounts/password/reset/key/3-secretkey/")
    ask("GET", f"{server.url}/accounts/confirm-email/secretkey/")
    ask("GET", f"{server.url}/accounts/login/?next=/secretkey")
    _status_of_handshake(f"{server.socket_url}/ws/chat/Z0FBQUFBconnection/", origin=server.url)
    server.stop()

    lines = server.output()
    assert '"GET /chat/…/" ' in lines
    assert '"WSREJECT /ws/chat/…/" ' in lines
    assert "Z0FBQUFBconnection" not in lines
    assert "secretkey" not in lines


def test_taken_port_is_one_clear_line(start_server):
    server = start_server()

    second = _run_daphne(DIGI_HOST="127.0.0.1", DIGI_PORT=str(server.port))

    assert second.returncode == 1
    assert second.stderr == (
        f"Digi cannot listen at 127.0.0.1:{server.port}: Address already in use. "
        "DIGI_HOST and DIGI_PORT choose another.\n"
    )


@pytest.mark.parametrize("arguments", [[], ["-b", "0.0.0.0"], ["--fd", "3"], ["-e", "tcp:9"]])
def test_bench_mode_refuses_to_serve_other_machines(arguments):
    done = _run_daphne(*arguments, DIGI_BENCH="1", DIGI_HOST="", DIGI_PORT=str(free_port()))

    assert done.returncode == 1
    assert done.stderr == "Digi does not start: DIGI_BENCH=1 serves this machine only: set DIGI_HOST=127.0.0.1.\n"


def test_wrong_port_is_one_clear_line():
    done = _run_daphne(DIGI_PORT="eighty")

    assert done.returncode == 1
    assert done.stderr == "Digi does not start: DIGI_PORT must be a port from 1 to 65535, not 'eighty'.\n"


def test_ctrl_c_ends_everything_that_make_run_started(db, tmp_path):
    server = DaphneServer(
        command=[sys.executable, "scripts/run.py"],
        DIGI_DATABASE_URL=f"sqlite:///{tmp_path}/digi.sqlite3",
        DIGI_DEMO_PASSWORD="a demonstration",
    ).start()
    children = psutil.Process(server.pid).children(recursive=True)

    server.process.send_signal(signal.SIGINT)
    server.process.wait(40)
    gone, alive = psutil.wait_procs(children, timeout=20)

    assert len(gone) >= 1
    assert alive == []
    assert f"http://127.0.0.1:{server.port}" in server.output()


def _run_daphne(*arguments, **environment):
    command = [sys.executable, "run_daphne.py", *arguments]
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def _status_of_handshake(url, **options):
    with pytest.raises(InvalidStatus) as refused:
        connect(url, **options)
    return refused.value.response.status_code


def _drain(link):
    while True:
        link.recv(timeout=30)


def _wait_until(ready, seconds=40):
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.05)
