"""A plain HTTP client for tests against a real server."""

import http.client
import json
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes

    def json(self):
        return json.loads(self.body)


def ask(method: str, url: str, *, body=None, headers=None) -> Answer:
    """One request without redirects or cookies; an iterator as body is sent in chunks."""
    parts = urlsplit(url)
    link = http.client.HTTPConnection(parts.hostname, parts.port, timeout=40)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        link.request(method, target, body=body, headers=headers or {})
        answer = link.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        link.close()
