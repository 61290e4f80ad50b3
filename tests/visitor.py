"""Somebody with a browser: signs in, opens a room's socket, says something; over TCP, TLS, HTTP/2 or a UNIX socket."""

import json
import re
import ssl
import uuid
from pathlib import Path
from urllib.parse import urljoin

import httpx
from websockets.sync.client import ClientConnection, connect, unix_connect

from tests.conftest import PASSWORD

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FRAME = re.compile(r'<script id="chat" type="application/json">(.*?)</script>', re.DOTALL)
CHAT = re.compile(r'href="([^"]*/chat/)"')
STYLES = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


class Visitor:
    """A cookie jar at the public address `url`; `unix` is the path of the socket that leads there instead of TCP.

    `tls` is the file of a certificate to trust; `http2` offers nothing older to HTTPS; `headers` go with everything.
    """

    def __init__(
        self,
        url: str,
        *,
        unix: str = "",
        tls: Path | None = None,
        http2: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.url, self.unix, self.tls, self.headers = url, unix, tls, headers or {}
        once = httpx.Limits(max_keepalive_connections=0)  # nobody closes visitors
        way = httpx.HTTPTransport(uds=unix or None, verify=self.trust(), http1=not http2, http2=http2, limits=once)
        self.client = httpx.Client(base_url=url, transport=way, headers=self.headers, timeout=40)

    def trust(self) -> ssl.SSLContext:
        """A new one each time: clients write into it which protocols they offer."""
        return ssl.create_default_context(cafile=self.tls)

    def ask(self, method: str, path: str, **options) -> httpx.Response:
        """One request; `path` may be a whole address. Redirects are not followed."""
        return self.client.request(method, path, **options)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{one.name}={one.value}" for one in self.client.cookies.jar)

    @property
    def origin(self) -> str:
        return "/".join(self.url.split("/")[:3])

    def sign_in(self, login: str = "alice", password: str = PASSWORD) -> httpx.Response:
        """The answer to the form: a redirect where it let them in. Form and target are at the public address."""
        page = self.ask("GET", f"{self.url}/accounts/login/")
        fields = {"login": login, "password": password, "csrfmiddlewaretoken": TOKEN.search(page.text)[1]}
        return self.ask("POST", f"{self.url}/accounts/login/", data=fields, headers={"Referer": str(page.url)})

    def chat(self) -> httpx.Response:
        """The page of chat, by the link on the page that signing in leads to."""
        answer = self.sign_in()
        while answer.status_code == 302:
            answer = self.ask("GET", urljoin(str(answer.url), answer.headers["Location"]))
        assert answer.status_code == 200, answer.text
        answer = self.ask("GET", urljoin(str(answer.url), CHAT.search(answer.text)[1]))
        assert answer.status_code == 200, answer.text
        return answer

    def open(self, address: str) -> ClientConnection:
        """A socket at an address as pages name it: a path, or a whole URL."""
        address = urljoin(self.url, address).replace("http", "ws", 1)
        options = {
            "origin": self.origin,
            "additional_headers": {"Cookie": self.cookie, **self.headers},
            "subprotocols": ["digi.v2"],
            "ssl": self.trust() if address.startswith("wss:") else None,
        }
        if self.unix:
            return unix_connect(self.unix, address, open_timeout=30, **options)
        return connect(address, proxy=None, open_timeout=30, **options)

    def talk(self, text: str) -> str:
        """Sign in, say it in one's first room through its socket, and read over HTTP what the room's last message is.

        Every address but the first is the page's own; a style sheet of the page is there.
        """
        page = self.chat()
        style = self.ask("GET", urljoin(str(page.url), STYLES.search(page.text)[1]))
        assert (style.status_code, style.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
        frame = json.loads(FRAME.search(page.text)[1])
        rooms = urljoin(str(page.url), f"{frame['api']}rooms/")
        room = self.ask("GET", rooms).json()["results"][0]
        with self.open(f"{frame['socket']}{room['connection_id']}/") as link:
            link.send(json.dumps({"type": "add", "cid": str(uuid.uuid4()), "message": text}))
            kinds = set()
            while not {"ok", "add"} <= kinds:
                kinds.add(json.loads(link.recv(timeout=20))["type"])
        return self.ask("GET", f"{rooms}{room['id']}/messages/").json()["results"][-1]["message"]
