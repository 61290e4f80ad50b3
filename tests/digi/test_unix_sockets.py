"""Digi over a UNIX socket: people sign in, with a proxy in front that names them and without."""

import os
import socket
import subprocess
import sys

import pytest

from digi.audit.models import AuditEvent
from tests.factories import PersonFactory
from tests.servers import ROOT, DaphneServer
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


class UnixServer(DaphneServer):
    """Digi at a UNIX socket, by one of Daphne's two options for it."""

    def __init__(self, path: str, *options: str, **environment: str) -> None:
        super().__init__(command=[sys.executable, "run_daphne.py", *options], **environment)
        self.path = path

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as link:
            return link.connect_ex(self.path) == 0

    def visitor(self, address: str = "") -> Visitor:
        """Somebody behind the proxy, which says that this is where they are."""
        headers = {"X-Forwarded-For": address} if address else {}
        return Visitor("http://digi.example", unix=self.path, headers=headers)


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
    visitor = server.visitor()

    assert visitor.sign_in().status_code == 302
    assert visitor.ask("GET", "/me/").status_code == 200
    with visitor.open("/ws/chat/") as link:
        assert "welcome" in link.recv(20)
    assert list(AuditEvent.objects.values_list("action", "address")) == [("sign_in", "")]
    assert f"Digi listens at {server.path}\n" in server.output()


def test_without_a_proxy_that_is_trusted_all_share_one_limit(serve):
    server = serve(DIGI_LIMIT_SIGN_IN="2/60s")

    attempts = [server.visitor(f"192.0.2.{number}").sign_in("bob", "wrong").status_code for number in range(3)]

    assert attempts == [200, 200, 429]
    assert "DIGI_TRUSTED_PROXIES is 0: all people share the limits of one address.\n" in server.output()


def test_with_a_proxy_each_client_has_a_limit_and_an_address(serve):
    server = serve(DIGI_LIMIT_SIGN_IN="2/60s", DIGI_TRUSTED_PROXIES="1")
    alice = server.visitor("203.0.113.9, 192.0.2.8")

    attempts = [server.visitor("192.0.2.7").sign_in("bob", "wrong").status_code for _attempt in range(3)]

    assert attempts == [200, 200, 429]
    assert alice.sign_in().status_code == 302
    assert "192.0.2.8 · signed in" in alice.ask("GET", "/accounts/sessions/").text
    assert AuditEvent.objects.get(action="sign_in").address == "192.0.2.8"
    assert "DIGI_TRUSTED_PROXIES" not in server.output()


def test_path_that_is_served_is_one_clear_line_and_a_killed_servers_is_free(serve):
    server = serve()

    second = subprocess.run(server.command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=60)
    server.kill()
    server.start()

    assert second.returncode == 1
    assert second.stderr.endswith(f"\nDigi cannot listen at {server.path}: Cannot acquire lock.\n")
    assert server.visitor().sign_in().status_code == 302
