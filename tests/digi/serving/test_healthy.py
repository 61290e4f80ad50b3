"""deploy/docker/healthy.py: a server that is ready is found so, whatever names it answers to."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.servers import ROOT, free_port


def ask(port: int, **environment: str) -> tuple[int, str]:
    """Exit code and what was said, as in a container."""
    hosts = {"DIGI_ALLOWED_HOSTS": "", "DIGI_ALLOWED_HOSTS_FILE": ""}
    done = subprocess.run(
        [sys.executable, ROOT / "deploy" / "docker" / "healthy.py"],
        env={**os.environ, **hosts, "DIGI_PORT": str(port), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


@pytest.fixture
def asked():
    """A server that is ready and notes the host names it is asked by: its port, and those names."""
    names = []

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            names.append(self.headers["Host"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Ready) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, names
        server.shutdown()
        thread.join()


def test_server_that_answers_to_every_name_is_healthy(start_server):
    server = start_server(DIGI_ALLOWED_HOSTS="*")

    assert ask(server.port, DIGI_ALLOWED_HOSTS="*") == (0, "")


@pytest.mark.parametrize(
    ("hosts", "name"),
    [
        ("", "localhost"),
        ("*", "localhost"),
        (" , .digi.example, other", "digi.example"),
        ("digi.example,*", "digi.example"),
    ],
)
def test_server_is_asked_by_the_first_of_its_names(asked, tmp_path, hosts, name):
    port, names = asked
    (tmp_path / "hosts").write_text(hosts + "\n")

    by_value = ask(port, DIGI_ALLOWED_HOSTS=hosts)
    by_file = ask(port, DIGI_ALLOWED_HOSTS_FILE=str(tmp_path / "hosts"))

    assert by_value == by_file == (0, "")
    assert names == [name, name]


def test_proxy_for_the_world_outside_is_not_asked(asked):
    proxy = f"http://127.0.0.1:{free_port()}"

    assert ask(asked[0], http_proxy=proxy, HTTP_PROXY=proxy, no_proxy="", NO_PROXY="") == (0, "")


def test_server_that_is_not_there_is_not_ready():
    status, said = ask(free_port())

    assert status == 1
    assert said.startswith("not ready: ")
