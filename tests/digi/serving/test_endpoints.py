"""Everywhere Daphne can listen, alone and at once; each way by signing in and sending a message."""

import socket
import stat
import sys

import httpx
import psutil
import pytest

from tests.digi.serving.recipes import recipe
from tests.servers import free_port
from tests.visitor import Visitor

# What systemd does for a service with a socket unit (sd_listen_fds(3)): the socket is descriptor 3.
SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="digi")
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.fixture
def listening():
    """A TCP socket that somebody has opened for the server."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest.mark.parametrize("program", ["run_daphne.py", "daphne"])
def test_address_and_port(serve, program):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = recipe("An address and a port" if program == "run_daphne.py" else "Plain Daphne", **{"8000": port})

    serve(command, visitor=lambda: Visitor(url))

    assert Visitor(url).talk("by address and port") == "by address and port"


def test_several_processes_at_one_port(serve, redis_url):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = recipe("Several processes", **{"8000": port})

    server = serve(command, visitor=lambda: Visitor(url), DIGI_REDIS_URL=redis_url)

    assert Visitor(url).talk("by either of two") == "by either of two"
    assert len(psutil.Process(server.pid).children()) == 2


@pytest.mark.parametrize("program", ["run_daphne.py", "daphne"])
def test_several_endpoints_at_once(serve, program, certificate, tmp_path):
    port, tls_port = free_port(), free_port()
    places = {"8000": port, "8443": tls_port, "/run/digi": tmp_path, "/etc/digi": certificate.folder}
    command = recipe("Several at once", **places)
    if program == "daphne":
        command = [*command[:1], "-m", "daphne", *command[2:], "digi.asgi:application"]
    url, secure = f"http://127.0.0.1:{port}", f"https://localhost:{tls_port}"
    path = str(tmp_path / "digi.sock")

    serve(command, visitor=lambda: Visitor(url))

    assert Visitor(url).talk("by TCP") == "by TCP"
    assert stat.S_IMODE((tmp_path / "digi.sock").stat().st_mode) == 0o660
    assert Visitor("http://digi.example", unix=path).talk("by a UNIX socket") == "by a UNIX socket"
    assert Visitor(secure, tls=certificate.chain).talk("by TLS") == "by TLS"
    modern = Visitor(secure, tls=certificate.chain, http2=True)
    assert modern.talk("by HTTP/2, with WSS beside it") == "by HTTP/2, with WSS beside it"
    assert modern.ask("GET", "/healthz").http_version == "HTTP/2"


def test_inherited_socket(serve, listening):
    command = recipe("An inherited socket", **{"3": listening.fileno()})
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    serve(command, visitor=lambda: Visitor(url), descriptors=(listening.fileno(),))

    assert Visitor(url).talk("by --fd") == "by --fd"


def test_systemds_socket(serve, listening):
    command = [sys.executable, "-c", SYSTEMD, str(listening.fileno()), *recipe("systemd's socket")]
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    serve(command, visitor=lambda: Visitor(url), descriptors=(listening.fileno(),))

    assert Visitor(url).talk("by systemd") == "by systemd"


def test_body_over_the_limit_is_refused_over_http2_and_the_connection_lives(serve, certificate):
    port = free_port()
    url, chain = f"https://localhost:{port}", certificate.chain
    command = recipe("TLS, HTTP/2", **{"8443": port, "/etc/digi": certificate.folder})
    serve(command, visitor=lambda: Visitor(url, tls=chain), DIGI_BODY_LIMIT="100000")
    link = httpx.Client(base_url=url, http2=True, verify=Visitor(url, tls=chain).trust(), timeout=30)

    with link:
        declared = link.post("/accounts/login/", content=b"x" * 100_001)
        counted = link.post("/accounts/login/", content=iter([b"x" * 60_000, b"x" * 60_000]))
        within = link.post("/accounts/login/", content=b"x" * 100_000)
        flood = link.stream("POST", "/accounts/login/", content=(b"x" * 60_000 for _ in range(100)))
        with pytest.raises(httpx.TransportError), flood:
            pass
        after = link.get("/healthz")

    assert [(one.status_code, one.http_version) for one in (declared, counted)] == [(413, "HTTP/2")] * 2
    assert declared.json()["code"] == counted.json()["code"] == "too_large"
    assert (within.status_code, after.status_code) == (403, 200)
