"""Every event of an inbox and the frames that sockets make of it."""

from functools import cached_property
from typing import Any

import msgspec

from digi.realtime.events import Event
from digi.realtime.wire import text_frame

_encode = msgspec.json.Encoder().encode


def inbox_topic(user_id: int) -> str:
    """The numbered topic of everything that happens in a person's inbox."""
    return f"inbox:{user_id}"


class InboxChanged(Event, tag="inbox.changed"):
    """What one change did: `changes` are frames without their number, `unread` what is unread after it.

    Where `changes` is empty there were too many to send along: whoever follows reads them. `unread` is −1 where it is
    not known, in what is read while catching up.
    """

    changes: list[dict[str, Any]] = []
    unread: int = -1

    @cached_property
    def frames(self) -> list[bytes]:
        """One text frame for each change, `type` first."""
        return [text_frame(_encode({"type": change["type"], "n": self.n} | change)) for change in self.changes]


def added(view: dict[str, Any], *, browser: bool) -> dict[str, Any]:
    """A notification that is new; `browser` asks the page to show it outside itself, too."""
    return {"type": "notification.new", "notification": view, "browser": browser}


def updated(view: dict[str, Any], *, browser: bool = False) -> dict[str, Any]:
    """A notification that is there already: it happened again, or was seen, read, done, put off or came back."""
    return {"type": "notification.updated", "notification": view, "browser": browser}


def revoked(target: str, number: int) -> dict[str, Any]:
    """A notification about something that the person may no longer read."""
    return {"type": "access.revoked", "target": target, "id": number}


def welcome(last_id: int, unread: int, heartbeat: int) -> bytes:
    return text_frame(_encode({"type": "welcome", "last_id": last_id, "unread": unread, "heartbeat": heartbeat}))


def unread_count(unread: int) -> bytes:
    return text_frame(_encode({"type": "unread.count", "unread": unread}))


def heartbeat(last_id: int) -> bytes:
    return text_frame(_encode({"type": "heartbeat", "last_id": last_id}))


def error(code: str, message: str, extra: dict[str, Any]) -> bytes:
    return text_frame(_encode({"type": "error", "code": code, "message": message} | extra))
