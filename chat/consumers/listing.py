"""The socket of a person's list of rooms: `/ws/chat/`."""

from typing import Any

from chat import events, frames
from chat.attendance import attendance
from chat.consumers.v2 import SUBPROTOCOL
from chat.services import receipts
from chat.services.entrance import rooms_of
from digi.accounts.events import PersonChanged
from digi.errors import DigiError, Forbidden
from digi.realtime import codes
from digi.realtime.events import SocketsClosed
from digi.realtime.pulse import HEARTBEAT
from digi.realtime.sockets import Closed, Socket


class ListConsumer(Socket):
    """Everything that happens in a person's rooms, each frame with its room.

    It is not numbered: a client that sees a gap in a room's numbers, or reconnects, fetches the list.
    """

    subprotocols = (SUBPROTOCOL,)

    def __init__(self) -> None:
        super().__init__()
        self._rooms: dict[str, tuple[int, bool]] = {}  # public id → (row id, receipts on)
        self._left: set[str] = set()  # while it opens
        self._welcomed = False

    async def open(self) -> None:
        if not self.identity.grants("rooms:read") or SUBPROTOCOL not in (self.scope.get("subprotocols") or ()):
            raise Closed(codes.FORBIDDEN)
        for room in await self.hub.reader(rooms_of).ask(self.identity.user_id):
            if str(room.room) not in self._left:
                self._rooms[str(room.room)] = (room.room_id, room.receipts)
                self.join(events.room_topic(room.room_id))
        await self.accept()
        self.put(frames.simple("welcome", user=self.identity.username, heartbeat=HEARTBEAT))
        self._welcomed = True
        attendance(self.hub).enter(self.identity.user_id)

    def gone(self) -> None:
        if self._welcomed:
            attendance(self.hub).leave(self.identity.user_id)

    def frame(self, text: str) -> Any:
        return frames.decode(frames.LISTING, text)

    def act(self, frame: frames.ListDelivered) -> None:
        room = self._rooms.get(str(frame.room))
        if room is None or not self.identity.grants("rooms:write"):
            raise Forbidden("You are not in this room.", code="not_member")
        person = self.identity
        receipt = receipts.Receipt(room[0], str(frame.room), person.user_id, person.username, frame.seq, read=False)
        self.hub.writer(receipts.mark).submit(receipt, lambda _answer: None)

    def fail(self, error: DigiError, frame: Any = None) -> None:
        self.put(frames.error(error))

    def heartbeat(self, heads: dict[str, int]) -> None:
        if self._welcomed:
            self.put(frames.simple("heartbeat"))

    def close_for(self, event: SocketsClosed) -> None:
        """Leaving one room ends that room's sockets, not the list."""
        if event.within:
            self.leave(event.within)
        else:
            super().close_for(event)

    def chat_message(self, event: events.RoomEvent) -> None:
        if self._welcomed:
            self.put(event.listed)

    chat_message_edit = chat_message_delete = chat_member = chat_message

    def chat_typing(self, event: events.Typing) -> None:
        if event.user != self.identity.username:
            self.chat_message(event)

    def chat_setting(self, event: events.SettingChanged) -> None:
        room = self._rooms.get(event.room)
        if room is not None and event.user == self.identity.username:
            self._rooms[event.room] = (room[0], event.value == "on")
        self.chat_message(event)

    def chat_read(self, event: events.MessageRead | events.MessageDelivered) -> None:
        room = self._rooms.get(event.room)
        if event.user == self.identity.username or (event.shown and room is not None and room[1]):
            self.chat_message(event)

    chat_delivered = chat_read

    def chat_presence(self, event: events.PresenceChanged) -> None:
        attendance(self.hub).heard(event.user_id, here=event.state == "online")
        if event.user_id != self.identity.user_id:
            self.chat_message(event)
        elif event.state == "offline":
            attendance(self.hub).refresh(event.user_id)

    def chat_room(self, event: events.RoomListed) -> None:
        self._rooms[event.room] = (event.room_id, event.receipts)
        self._left.discard(event.room)
        self.join(events.room_topic(event.room_id))
        if not event.hidden:
            self.chat_message(event)

    def chat_gone(self, event: events.RoomGone) -> None:
        if event.left:
            self._left.add(event.room)
            self._rooms.pop(event.room, None)
            self.leave(events.room_topic(event.room_id))
        self.chat_message(event)

    def person_changed(self, event: PersonChanged) -> None:
        attendance(self.hub).refresh(self.identity.user_id)
