"""A socket of one room: `/ws/chat/<connection id>/`."""

from typing import Any
from uuid import UUID

from chat import connection, events
from chat.attendance import attendance
from chat.consumers.seed import Seed
from chat.consumers.v2 import SUBPROTOCOL, Version2
from chat.services import history, journal
from chat.services.entrance import Entrance, enter
from chat.services.entries import Entry, Written
from digi.accounts.events import PersonChanged
from digi.errors import DigiError, Forbidden, Unavailable
from digi.realtime import codes
from digi.realtime.events import Event
from digi.realtime.following import Follower
from digi.realtime.sockets import Closed

Person = events.MessageRead | events.MessageDelivered | events.Typing | events.PresenceChanged


class ChatConsumer(Follower):
    """Decides who may come in and follows the room; its dialect reads and writes the frames.

    The hub calls `chat_message`, `chat_message_edit`, `chat_message_delete` and their like by an event's type, for
    this process's events and those of others alike.
    """

    subprotocols = (SUBPROTOCOL,)
    read = staticmethod(history.looks)

    def __init__(self) -> None:
        super().__init__()
        self.entrance: Entrance | None = None
        self._attends = False
        self._owed: set[int] = set()
        self._held: dict[tuple[str, str], Person] = {}
        self.dialect: Seed | Version2 = Seed(self)

    async def open(self) -> None:
        """Join, not yet live; then authorise; then go live: what happens in between is not lost."""
        if not self.identity.grants("rooms:read"):
            raise Closed(codes.FORBIDDEN)
        ticket = connection.read(self.scope["url_route"]["kwargs"]["connection_id"], self.identity.user_id)
        if ticket is None:
            raise Closed(codes.FORBIDDEN)
        room_id = ticket.room_id
        self.follow(events.room_topic(room_id), lambda since: (room_id, since))
        entrance = await self.hub.reader(enter).ask((self.identity.user_id, room_id))
        if entrance is None:
            raise Closed(codes.FORBIDDEN)
        if ticket.expired:
            raise Closed(codes.FORBIDDEN, Forbidden("This address is too old.", code="connection_expired"))

        if SUBPROTOCOL in (self.scope.get("subprotocols") or ()):
            self.dialect, self.acknowledges = Version2(self), True
        await self.accept()
        self.entrance = entrance
        self.dialect.greet()
        self.go_live(entrance.head)
        self._attends = True
        attendance(self.hub).enter(self.identity.user_id)

    def gone(self) -> None:
        super().gone()
        if self._attends:
            attendance(self.hub).leave(self.identity.user_id)

    # What the dialects use.

    @property
    def room(self) -> Entrance:
        if self.entrance is None:
            raise RuntimeError("nothing is handled before the socket is open")
        return self.entrance

    def author(self, cid: UUID) -> dict[str, Any]:
        """What every entry of this socket says about itself and its writer."""
        room, person = self.room, self.identity
        return {
            "room_id": room.room_id,
            "user_id": person.user_id,
            "username": person.username,
            "cid": cid,
            "epoch": room.epoch,
        }

    def write(self, entry: Entry) -> None:
        """Hand an entry to the journal; the dialect is told what came of it."""
        self.allow_writing()
        self.limit("messages", self.identity.user_id)
        self.hub.writer(journal.write).submit(entry, lambda answer: self._written(entry.cid, answer))

    def allow_writing(self) -> None:
        """Raise `Forbidden` for a token without the scope."""
        if not self.identity.grants("rooms:write"):
            raise Forbidden("This token may read only.", code="not_allowed")

    def _written(self, cid: UUID, answer: journal.Answer | BaseException) -> None:
        if isinstance(answer, Written):
            self.dialect.stored(cid, answer)
        elif isinstance(answer, DigiError):
            self.dialect.fail(answer, cid)
            if answer.code == "not_member":
                self.close(codes.FORBIDDEN)
        else:
            self.dialect.fail(Unavailable("The server could not store this. Try again."), cid)

    # What the base asks of a socket.

    def frame(self, text: str) -> Any:
        return self.dialect.decode(text)

    def act(self, frame: Any) -> None:
        self.dialect.act(frame)

    def fail(self, error: DigiError, frame: Any = None) -> None:
        self.dialect.fail(error, getattr(frame, "cid", None))

    def tell(self, event: Event) -> int:
        frame = self.dialect.frame_of(self._as_known(event))
        if frame is None:
            return 0
        self.put(frame)
        return len(frame)

    def _as_known(self, event: Event) -> Event:
        """A message replayed after an edit: an add for who has never got it, else the edit."""
        if isinstance(event, events.Passed) and not self.anew:
            self._owed.update(range(event.first, event.last + 1))
        elif isinstance(event, events.MessageAdded) and event.n > event.seq and not self.anew:
            if event.seq not in self._owed:
                return event.as_edit
            self._owed.discard(event.seq)
        return event

    def heartbeat(self, heads: dict[str, int]) -> None:
        self.compare(heads)
        head = heads.get(self.topic.name) if self.topic else None
        if head is not None and self.entrance is not None:
            self.dialect.heartbeat(head)

    # What the hub hands out, by the events' types.

    def chat_message(self, event: events.MessageAdded) -> None:
        self.numbered(event)

    def chat_message_edit(self, event: events.MessageEdited) -> None:
        self.numbered(event)

    def chat_message_delete(self, event: events.MessageDeleted) -> None:
        self.numbered(event)

    def chat_member(self, event: events.MemberChanged) -> None:
        self.numbered(event)

    def chat_setting(self, event: events.SettingChanged) -> None:
        self.numbered(event)

    def chat_read(self, event: events.MessageRead) -> None:
        self._fleeting(event)

    def chat_delivered(self, event: events.MessageDelivered) -> None:
        self._fleeting(event)

    def chat_typing(self, event: events.Typing) -> None:
        self._fleeting(event)

    def chat_presence(self, event: events.PresenceChanged) -> None:
        attendance(self.hub).heard(event.user_id, here=event.state == "online")
        if event.user_id == self.identity.user_id and event.state == "offline":
            attendance(self.hub).refresh(event.user_id)
        self._fleeting(event)

    def person_changed(self, event: PersonChanged) -> None:
        attendance(self.hub).refresh(self.identity.user_id)

    def caught_up(self) -> None:
        self._owed.clear()
        held, self._held = self._held, {}
        for event in held.values():
            self.dialect.fleeting(event)

    def _fleeting(self, event: Person) -> None:
        """What takes no number waits until the socket is live; the latest of a kind and person is enough."""
        if self.at is not None:
            self.dialect.fleeting(event)
        elif not isinstance(event, events.Typing):
            self._held[event.name, event.user] = event
