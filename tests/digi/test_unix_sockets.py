"""Digi over a UNIX socket: people sign in, with a proxy in front that names them and without."""

import http.client
import os
import re
import socket
import subprocess
import sys

import pytest
from websockets.sync.client import unix_connect

from digi.audit.models import AuditEvent
from tests.conftest import PASSWORD
from tests.factories import PersonFactory
from tests.servers import ROOT, DaphneServer

HOST = "digi.example"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

pytestmark = pytest.mark.django_db(transaction=True)


class Link(http.client.HTTPConnection):
    """HTTP over a UNIX socket."""

    def __init__(self, path: str) -> None:
        super().__init__(HOST, timeout=20)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


class UnixServer(DaphneServer):
    """Digi at a UNIX socket, by one of Daphne's two options for it."""

    def __init__(self, path: str, *options: str, **environment: str) -> None:
        super().__init__(command=[sys.executable, "run_daphne.py", *options], **environment)
        self.path = path

    def answers(self) -> bool:
        try:
            return Visitor(self).ask("GET", "/healthz")[0] == 200
        except OSError:
            return False


class Visitor:
    """Somebody behind the proxy, with a cookie jar."""

    def __init__(self, server: UnixServer, **headers: str) -> None:
        self.server = server
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        link = Link(self.server.path)
        headers = {**self.headers, "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            link.close()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign_in(self, login: str = "alice", password: str = PASSWORD) -> int:
        token = TOKEN.search(self.ask("GET", "/accounts/login/")[1])[1]
        fields = f"login={login}&password={password.replace(' ', '+')}&csrfmiddlewaretoken={token}"
        return self.ask("POST", "/accounts/login/", fields)[0]


@pytest.fixture
def serve(transactional_db, tmp_path):
    """`serve("-u {path}")` starts Digi there."""
    started: list[UnixServer] = []
    path = str(tmp_path / "digi.sock")

    def start(options: str = "-u {path}", **environment: str) -> UnixServer:
        started.append(UnixServer(path, *options.format(path=path).split(), **environment).start())
        return started[-1]

    PersonFactory(username="alice")
    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize("options", ["-u {path}", "-e unix:{path}:mode=660"])
def test_people_sign_in_and_open_sockets(serve, options):
    server = serve(options)
    visitor = Visitor(server)

    assert visitor.sign_in() == 302
    assert visitor.ask("GET", "/me/")[0] == 200
    with unix_connect(
        server.path,
        f"ws://{HOST}/ws/chat/",
        origin=f"http://{HOST}",
        subprotocols=["digi.v2"],
        additional_headers={"Cookie": visitor.cookie},
    ) as link:
        assert "welcome" in link.recv(5)
    assert list(AuditEvent.objects.values_list("action", "address")) == [("sign_in", "")]
    assert f"Digi listens at {server.path}\n" in server.output()


def test_without_a_proxy_that_is_trusted_all_share_one_limit(serve):
    server = serve(DIGI_LIMIT_SIGN_IN="2/60s")

    attempts = [Visitor(server, X_Forwarded_For=f"192.0.2.{number}").sign_in("bob", "wrong") for number in range(3)]

    assert attempts == [200, 200, 429]
    assert "DIGI_TRUSTED_PROXIES is 0: all people share the limits of one address.\n" in server.output()


def test_with_a_proxy_each_client_has_a_limit_and_an_address(serve):
    server = serve(DIGI_LIMIT_SIGN_IN="2/60s", DIGI_TRUSTED_PROXIES="1")
    alice = Visitor(server, X_Forwarded_For="203.0.113.9, 192.0.2.8")

    attempts = [Visitor(server, X_Forwarded_For="192.0.2.7").sign_in("bob", "wrong") for _attempt in range(3)]

    assert attempts == [200, 200, 429]
    assert alice.sign_in() == 302
    assert "192.0.2.8 · signed in" in alice.ask("GET", "/accounts/sessions/")[1]
    assert AuditEvent.objects.get(action="sign_in").address == "192.0.2.8"
    assert "DIGI_TRUSTED_PROXIES" not in server.output()


def test_path_that_is_served_is_one_clear_line_and_a_killed_servers_is_free(serve):
    server = serve()

    second = subprocess.run(server.command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=30)
    server.kill()
    server.start()

    assert second.returncode == 1
    assert second.stderr.endswith(f"\nDigi cannot listen at {server.path}: Cannot acquire lock.\n")
    assert Visitor(server).sign_in() == 302
