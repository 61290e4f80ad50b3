"""Somebody at a real server: a cookie jar, forms with their CSRF tokens, and a socket."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.conftest import PASSWORD
from tests.servers import DaphneServer

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    def __init__(self, server: DaphneServer) -> None:
        self.server = server
        self.session = requests.Session()

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_error) -> None:
        self.session.close()

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.server.url + path, timeout=40)

    def post(self, path: str, data: dict[str, str], *, form: str = "") -> requests.Response:
        """Send a form that stands on the page `form`, or on the page that it is sent to."""
        token = TOKEN.search(self.get(form or path).text)[1]
        headers = {"Referer": self.server.url + path}
        fields = {**data, "csrfmiddlewaretoken": token}
        return self.session.post(self.server.url + path, fields, headers=headers, timeout=40)

    def sign_in(self, login: str, password: str = PASSWORD) -> "Browser":
        answer = self.post("/accounts/login/", {"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        return self

    @property
    def is_signed_in(self) -> bool:
        return self.session.get(f"{self.server.url}/me/", allow_redirects=False, timeout=40).status_code == 200

    @contextmanager
    def open_socket(self) -> Iterator[ClientConnection]:
        """The room list's socket, past its welcome."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())
        with connect(
            f"{self.server.socket_url}/ws/chat/",
            origin=self.server.url,
            subprotocols=["digi.v2"],
            additional_headers={"Cookie": cookies},
        ) as link:
            assert "welcome" in link.recv(20)
            yield link


def close_code(link: ClientConnection, within: float) -> int:
    """The code that the server closes with, at most so many seconds from now; what it says before is passed over."""
    try:
        while True:
            link.recv(within)
    except ConnectionClosed as closed:
        return closed.rcvd.code
