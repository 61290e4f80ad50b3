"""The dialect `digi.v2`: numbers, idempotent writes, receipts, typing, presence."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from chat import events, frames
from chat.services import receipts, typing
from chat.services.entries import Add, Delete, Edit, Written
from digi.errors import DigiError
from digi.realtime.events import Event
from digi.realtime.pulse import HEARTBEAT
from digi.realtime.sockets import MAX_BYTES

if TYPE_CHECKING:
    from chat.consumers.room import ChatConsumer

SUBPROTOCOL = "digi.v2"


class Version2:
    """What the browser says and hears."""

    __slots__ = ("_receipts", "_socket")

    def __init__(self, socket: "ChatConsumer") -> None:
        self._socket = socket
        self._receipts = True

    def greet(self) -> None:
        room = self._socket.room
        self._receipts = room.receipts
        self._socket.put(frames.simple("welcome", head=room.head, heartbeat=HEARTBEAT, max_bytes=MAX_BYTES))
        for name in room.online:
            self._socket.put(frames.simple("presence", user=name, state="online"))

    def decode(self, text: str) -> Any:
        return frames.decode(frames.V2, text)

    def act(self, frame: Any) -> None:
        match frame:
            case frames.Add():
                author = self._socket.author(frame.cid)
                self._socket.write(Add(**author, text=frame.message, reply_to=frame.reply_to))
            case frames.Edit():
                author = self._socket.author(frame.cid)
                edit = Edit(**author, message_id=frame.message_id, text=frame.message, base_rev=frame.base_rev)
                self._socket.write(edit)
            case frames.Delete():
                author = self._socket.author(frame.cid)
                self._socket.write(Delete(**author, message_id=frame.message_id))
            case frames.Ack():
                self._socket.acknowledged(frame.n)
            case frames.Resume():
                self._resume(frame.since)
            case frames.Read() | frames.Delivered():
                self._receipt(frame.seq, read=isinstance(frame, frames.Read))
            case frames.Typing():
                self._socket.allow_writing()
                room = self._socket.room
                typing.started(room_id=room.room_id, room=str(room.room), username=self._socket.identity.username)

    def stored(self, cid: UUID, written: Written) -> None:
        self._socket.put(frames.ok(cid, written.n, written.seq, written.message_id, written.duplicate))

    def fail(self, error: DigiError, cid: UUID | None) -> None:
        self._socket.put(frames.error(error, cid))

    def frame_of(self, event: Event) -> bytes | None:
        if not isinstance(event, events.RoomEvent):
            return None
        if isinstance(event, events.SettingChanged) and event.user == self._socket.identity.username:
            self._receipts = event.value == "on"
        return event.frame

    def fleeting(self, event: events.RoomEvent) -> None:
        """A receipt is shown to its own person, and to others when both sides show theirs."""
        own = getattr(event, "user", None) == self._socket.identity.username
        if isinstance(event, events.MessageRead | events.MessageDelivered):
            if own or (event.shown and self._receipts):
                self._socket.put(event.frame)
        elif not own:
            self._socket.put(event.frame)

    def heartbeat(self, head: int) -> None:
        self._socket.put(frames.simple("heartbeat", head=head))

    def _resume(self, since: int) -> None:
        """Go on after `since`. Who is as far as the room was at the entrance, and is live, has missed nothing."""
        if self._socket.at is not None and since >= self._socket.at:
            self._synced(self._socket.at)
        else:
            self._socket.resume(since, self._synced)

    def _synced(self, n: int) -> None:
        self._socket.put(frames.simple("synced", n=n))

    def _receipt(self, seq: int, *, read: bool) -> None:
        self._socket.allow_writing()
        room, person = self._socket.room, self._socket.identity
        receipt = receipts.Receipt(room.room_id, str(room.room), person.user_id, person.username, seq, read)
        self._socket.hub.writer(receipts.mark).submit(receipt, _settled)


def _settled(_answer: object) -> None:
    """A receipt that could not be stored is sent again with the next one; the batcher has logged why."""
