"""Behind nginx and Caddy on deploy/'s files: TLS and HTTP/2 in front, a UNIX socket behind, no client believed."""

import shutil
import socket

import pytest

from digi.audit.models import AuditEvent
from tests.client import ask
from tests.digi.serving.proxies import Caddy, Nginx, Proxy
from tests.digi.serving.recipes import recipe
from tests.visitor import Visitor

HOST = "localhost"
WAYS = {Nginx: "A UNIX socket behind nginx", Caddy: "A UNIX socket behind Caddy"}
SPOOFED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Real-IP": "203.0.113.9",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=203.0.113.9;host=evil.example",
    "Daphne-Root-Path": "/evil",
}


@pytest.fixture
def behind(serve, production, certificate, tmp_path):
    """Production behind a proxy: `behind(Nginx)`."""
    started: list[Proxy] = []

    def start(kind, **options) -> Proxy:
        for name in ("key.pem", "chain.pem"):
            shutil.copy(certificate.folder / name, tmp_path)
        proxy = kind(tmp_path, **options)
        started.append(proxy)
        command = recipe(WAYS[kind], **{"/run/digi": tmp_path})
        path = str(tmp_path / "digi.sock")
        variables = {**production(proxy.url), "DIGI_TRUSTED_PROXIES": "1"}
        serve(command, visitor=lambda: Visitor(f"http://{HOST}", unix=path), **variables)
        return proxy.start()

    yield start
    for proxy in started:
        proxy.stop()


def first_line(proxy: Proxy, visitor: Visitor, request: str) -> str:
    """The server's answer to the beginning of a request."""
    plain = socket.create_connection(("127.0.0.1", proxy.port), 30)
    with visitor.trust().wrap_socket(plain, server_hostname=HOST) as link:
        link.sendall(request.encode())
        return link.recv(4096).decode().splitlines()[0]


@pytest.mark.parametrize("kind", [Nginx, Caddy])
def test_people_talk_by_tls_and_http2_and_what_they_claim_goes_no_further(behind, kind):
    proxy = behind(kind)
    chain = proxy.folder / "chain.pem"
    plain, modern = Visitor(proxy.url, tls=chain), Visitor(proxy.url, tls=chain, http2=True, headers=SPOOFED)

    assert plain.talk("by TLS") == "by TLS"
    assert modern.talk("by HTTP/2, with a forged past") == "by HTTP/2, with a forged past"

    assert "__Host-sessionid" in modern.cookie
    page = modern.ask("GET", "/chat/")
    assert (page.http_version, "evil" in page.text) == ("HTTP/2", False)
    assert set(AuditEvent.objects.filter(action="sign_in").values_list("address", flat=True)) == {"127.0.0.1"}
    away = ask("GET", f"http://127.0.0.1:{proxy.plain_port}/chat/", headers={"Host": HOST})
    assert away.status in {301, 308}
    assert away.headers["Location"].startswith(f"https://{HOST}")


def test_nginx_forwards_a_path_alone_and_no_body_over_the_limit(behind):
    proxy = behind(Nginx, below=True)
    visitor = Visitor(f"{proxy.url}/forum", tls=proxy.folder / "chain.pem", headers=SPOOFED)

    assert visitor.talk("below /forum") == "below /forum"

    page = visitor.ask("GET", f"{proxy.url}/forum/chat/")
    assert 'href="/forum/static/css/' in page.text
    assert visitor.ask("GET", f"{proxy.url}/chat/").status_code == 404
    upload = "POST /forum/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12582913\r\n\r\n"
    assert first_line(proxy, visitor, upload).startswith("HTTP/1.1 413 ")
