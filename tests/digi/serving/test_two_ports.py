"""Pages at one port, sockets at another: two processes, Redis between them, DIGI_WEBSOCKET_URL in the pages."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from websockets.exceptions import InvalidStatus

from digi.socket_urls import sockets_elsewhere
from tests.digi.serving.recipes import recipe
from tests.servers import free_port
from tests.visitor import FRAME, Visitor


def test_pages_send_sockets_to_the_other_port_and_the_csp_lets_them(serve, redis_url):
    pages, sockets = free_port(), free_port()
    url, other = f"http://127.0.0.1:{pages}", f"ws://127.0.0.1:{sockets}"
    shared = {"DIGI_PUBLIC_ORIGINS": url, "DIGI_WEBSOCKET_URL": other, "redis_url": redis_url}
    for way, printed, port in (("An address and a port", "8000", pages), ("Sockets at another port", "8001", sockets)):
        serve(recipe(way, **{printed: port}), visitor=lambda port=port: Visitor(f"http://127.0.0.1:{port}"), **shared)
    alice = Visitor(url)

    assert alice.talk("by two ports") == "by two ports"

    page = alice.ask("GET", "/chat/")
    frame = json.loads(FRAME.search(page.text)[1])
    assert frame["socket"] == f"{other}/ws/chat/"
    assert f"connect-src 'self' {other}" in page.headers["Content-Security-Policy"]
    bob = Visitor(url)
    bob.sign_in("bob")
    room = bob.ask("GET", "/api/v1/rooms/").json()["results"][0]
    with bob.open(f"{frame['socket']}{room['connection_id']}/") as link:
        assert json.loads(link.recv(timeout=20))["type"] == "welcome"
        token = {"X-CSRFToken": alice.client.cookies["csrftoken"], "Referer": url}
        written = alice.ask("POST", f"/api/v1/rooms/{room['id']}/messages/", json={"message": "by HTTP"}, headers=token)
        assert written.status_code == 201
        while (heard := json.loads(link.recv(timeout=20)))["type"] != "add":
            pass
    assert heard["message"] == "by HTTP"
    elsewhere = Visitor(f"http://127.0.0.1:{sockets}")  # the sockets' own port is no page's origin
    elsewhere.client.cookies = alice.client.cookies
    with pytest.raises(InvalidStatus):
        elsewhere.open("/ws/chat/")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("digi.example:8443", "DIGI_WEBSOCKET_URL is an origin for sockets, such as wss://digi.example:8443."),
        ("https://digi.example", "DIGI_WEBSOCKET_URL is an origin for sockets, such as wss://digi.example:8443."),
        ("wss://digi.example/here", "DIGI_WEBSOCKET_URL is an origin for sockets, such as wss://digi.example:8443."),
        ("wss://digi.example; x", "DIGI_WEBSOCKET_URL is an origin for sockets, such as wss://digi.example:8443."),
        ("wss://sockets.example", "DIGI_WEBSOCKET_URL needs the host of one of DIGI_PUBLIC_ORIGINS: browsers send the "
         "session to no other."),
        ("ws://digi.example:8001", "DIGI_WEBSOCKET_URL begins with wss:// where pages come by https."),
    ],
)  # fmt: skip
def test_what_no_browser_would_open_is_refused(url, complaint):
    with pytest.raises(ImproperlyConfigured) as refused:
        sockets_elsewhere(url, ["https://digi.example"])

    assert str(refused.value) == complaint


@pytest.mark.parametrize("url", ["", "wss://digi.example:8443", "wss://digi.example:8443/", "wss://DIGI.example:8443"])
def test_sockets_may_have_another_port_of_the_same_host(url):
    assert sockets_elsewhere(url, ["https://digi.example"]) == ("wss://digi.example:8443" if url else "")
