"""What the access log may say of a path, and its lines where the log is made of JSON."""

import re
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

# A connection id opens a room for its owner's session; the keys in mailed links open accounts or end mails, that of a
# new server makes its administrator, and a calendar's or a reviewer's is all it takes to read it.
_SECRET = re.compile(
    r"(/(?:chat|accounts/password/reset/key|accounts/confirm-email|unsubscribe|calendar|invited|first)/)([^/?#\s]+)",
)
_ACTIONS = {"rejected", "connected", "disconnected"}


def redact(path: str) -> str:
    """The path with connection ids and mailed keys left out, and without its query."""
    return redact_all(path.partition("?")[0])


def redact_all(text: str) -> str:
    """A text with connection ids and mailed keys left out of all paths in it."""
    return _SECRET.sub(r"\1…", text)


class AccessLines:
    """Daphne's action logger, a JSON object a line: requests with their ids, and the coming and going of sockets."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, protocol: str, action: str, details: dict[str, Any]) -> None:
        if protocol == "http" and action == "complete":
            took = round(details["time_taken"] * 1000, 1)
            said = {"method": details["method"], "status": details["status"], "bytes": details["size"], "ms": took}
            self._write("request", details, {"request_id": details.get("request_id", ""), **said})
        elif protocol == "websocket" and action in _ACTIONS:
            self._write(f"socket {action}", details, {})

    def _write(self, event: str, details: dict[str, Any], said: dict[str, Any]) -> None:
        line = {"timestamp": datetime.now(UTC).isoformat(), "level": "info", "logger": "access", "event": event}
        whole = {**line, **said, "path": details["path"], "client": details["client"]}
        self._stream.write(msgspec.json.encode(whole).decode() + "\n")
