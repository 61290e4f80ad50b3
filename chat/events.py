"""Every event of a room, its name on the layer, and the frames both dialects make of it."""

from functools import cached_property
from typing import Any, ClassVar

import msgspec

from digi.realtime.events import Event
from digi.realtime.wire import text_frame

_encode = msgspec.json.Encoder().encode


def room_topic(room_id: int) -> str:
    """The numbered topic of everything that happens in a room."""
    return f"room:{room_id}"


class RoomEvent(Event):
    """Something in a room; `room` is its public id.

    `wire` names the fields of its digi.v2 frame in order, after `type`, which is `name`.
    """

    name: ClassVar[str]
    wire: ClassVar[tuple[str, ...]] = ()

    room: str

    @cached_property
    def frame(self) -> bytes:
        """What a digi.v2 socket of the room gets."""
        return self._frame({"type": self.name})

    @cached_property
    def listed(self) -> bytes:
        """What the socket of the room list gets: the same, with the room's id as second key."""
        return self._frame({"type": self.name, "room": self.room})

    @property
    def seed(self) -> bytes | None:
        """What a seed client gets; None for what that dialect does not know."""
        return None

    def _frame(self, start: dict[str, Any]) -> bytes:
        return text_frame(_encode(start | {field: getattr(self, field) for field in self.wire}))


class MessageAdded(RoomEvent, tag="chat.message"):
    name = "add"
    wire = ("n", "seq", "rev", "message_id", "user", "message", "at", "cid", "reply_to")

    seq: int
    rev: int
    message_id: str
    user: str
    message: str
    at: str
    cid: str
    reply_to: str | None = None
    changed: str | None = None  # when it came to say this, where it is replayed after an edit

    @cached_property
    def as_edit(self) -> "MessageEdited":
        """A replayed message for whoever has had it before."""
        return MessageEdited(
            topic=self.topic,
            n=self.n,
            room=self.room,
            seq=self.seq,
            rev=self.rev,
            message_id=self.message_id,
            user=self.user,
            message=self.message,
            at=self.changed or self.at,
        )

    @cached_property
    def seed(self) -> bytes:
        return text_frame(_encode({"message": self.message, "user": self.user, "message_id": self.message_id}))


class MessageEdited(RoomEvent, tag="chat.message.edit"):
    name = "edit"
    wire = ("n", "seq", "rev", "message_id", "user", "message", "at")

    seq: int
    rev: int
    message_id: str
    user: str
    message: str
    at: str

    @cached_property
    def seed(self) -> bytes:
        fields = {"type": "edit", "message": self.message, "user": self.user, "message_id": self.message_id}
        return text_frame(_encode(fields))


class MessageDeleted(RoomEvent, tag="chat.message.delete"):
    name = "delete"
    wire = ("n", "seq", "rev", "message_id", "user", "at")

    seq: int
    rev: int
    message_id: str
    user: str
    at: str

    @cached_property
    def seed(self) -> bytes:
        return text_frame(_encode({"type": "delete", "user": self.user, "message_id": self.message_id}))


class MemberChanged(RoomEvent, tag="chat.member"):
    """Somebody joined or left; `state` says which."""

    name = "member"
    wire = ("n", "user", "state", "by", "at")

    user: str
    state: str
    by: str
    at: str


class SettingChanged(RoomEvent, tag="chat.setting"):
    """A person's own setting in the room, such as `receipts`, became `value`."""

    name = "setting"
    wire = ("n", "user", "setting", "value", "at")

    user: str
    setting: str
    value: str
    at: str

    def _frame(self, start: dict[str, Any]) -> bytes:
        named = {"n": self.n, "user": self.user, "name": self.setting, "value": self.value, "at": self.at}
        return text_frame(_encode(start | named))


class Passed(RoomEvent, tag="chat.passed"):
    """Numbers that a later change has overtaken; made while catching up, never published."""

    name = "passed"

    first: int
    last: int

    def _frame(self, start: dict[str, Any]) -> bytes:
        return text_frame(_encode(start | {"from": self.first, "to": self.last}))


class MessageRead(RoomEvent, tag="chat.read"):
    """A person has read up to `seq`. `shown` is off when they keep it to themselves: it is for their own devices."""

    name = "read"
    wire = ("user", "seq")

    user: str
    seq: int
    shown: bool = True


class MessageDelivered(RoomEvent, tag="chat.delivered"):
    name = "delivered"
    wire = ("user", "seq")

    user: str
    seq: int
    shown: bool = True


class Typing(RoomEvent, tag="chat.typing"):
    name = "typing"
    wire = ("user",)

    user: str


class PresenceChanged(RoomEvent, tag="chat.presence"):
    name = "presence"
    wire = ("user", "state")

    user: str
    user_id: int
    state: str


class RoomListed(RoomEvent, tag="chat.room"):
    """A room stands in the person's list again, or for the first time; the topic is the person's.

    `hidden` is a room that shows itself only with its first message; `receipts` is the person's own setting in it.
    """

    name = "room"
    room_id: int
    hidden: bool
    receipts: bool = True


class RoomGone(RoomEvent, tag="chat.gone"):
    """A room has left the person's list; the topic is the person's. `left` tells leaving from hiding."""

    name = "gone"
    room_id: int
    left: bool
