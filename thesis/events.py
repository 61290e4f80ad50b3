"""Every event of a thesis's socket, and the frames that are made of it."""

from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from digi.realtime.events import Event
from digi.realtime.wire import text_frame

_encode = msgspec.json.Encoder().encode


def workspace_topic(thesis: UUID) -> str:
    """What has no number: who is here, and the end of it."""
    return f"workspace:{thesis}"


def circle_topic(thesis: UUID, circle: str) -> str:
    """The numbered topic of what one circle of a thesis's readers is told."""
    return f"thesis:{thesis}:{circle}"


class ThesisHappened(Event, tag="thesis.happened"):
    """Something stored has changed: its kind and its public id; whoever may read it fetches it."""

    kind: str
    id: str
    at: str
    within: str | None = None
    to: str = ""

    @cached_property
    def frame(self) -> bytes:
        told: dict[str, Any] = {"type": self.kind, "n": self.n, "id": self.id}
        told |= {"within": self.within} if self.within else {}
        told |= {"to": self.to} if self.to else {}
        return text_frame(_encode(told | {"at": self.at}))


class PresenceChanged(Event, tag="thesis.presence"):
    """Somebody came or went."""

    thesis: str
    user: str
    user_id: int
    here: bool

    @cached_property
    def frame(self) -> bytes:
        return text_frame(_encode({"type": "presence.joined" if self.here else "presence.left", "user": self.user}))


class ThesisEnded(Event, tag="thesis.ended"):
    """The thesis is erased: there is nothing to follow any more."""


def welcome(**fields: Any) -> bytes:
    return text_frame(_encode({"type": "welcome"} | fields))


def synced(n: int) -> bytes:
    return text_frame(_encode({"type": "synced", "n": n}))


def heartbeat(n: int) -> bytes:
    return text_frame(_encode({"type": "heartbeat", "n": n}))


def error(code: str, message: str, extra: dict[str, Any]) -> bytes:
    return text_frame(_encode({"type": "error", "code": code, "message": message} | extra))
