"""The seed dialect: four frames, as the first DIGI spoke them."""

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from chat import frames
from chat.events import RoomEvent
from chat.services.entries import Add, Delete, Edit, Written
from digi.errors import DigiError, Invalid
from digi.realtime.events import Event

if TYPE_CHECKING:
    from chat.consumers.room import ChatConsumer


class Seed:
    """What a client without a subprotocol says and hears: adds, edits, deletes and errors, and nothing else."""

    __slots__ = ("_socket",)

    def __init__(self, socket: "ChatConsumer") -> None:
        self._socket = socket

    def greet(self) -> None:
        """Nothing: a seed client hears nothing on connect."""

    def decode(self, text: str) -> Any:
        return frames.decode(frames.SEED, text)

    def act(self, frame: frames.SeedAdd | frames.SeedEdit | frames.SeedDelete) -> None:
        if frame.user is not None and frame.user.lower() != self._socket.identity.username:
            raise Invalid(_("A message is signed by who is signed in, and by nobody else."), code="wrong_user")

        author = self._socket.author(uuid4())
        match frame:
            case frames.SeedAdd():
                self._socket.write(Add(**author, text=frame.message))
            case frames.SeedEdit():
                self._socket.write(Edit(**author, message_id=frame.message_id, text=frame.message))
            case frames.SeedDelete():
                self._socket.write(Delete(**author, message_id=frame.message_id))

    def stored(self, cid: UUID, written: Written) -> None:
        """The sender's own event is the answer."""

    def fail(self, error: DigiError, cid: UUID | None) -> None:
        fields = {"code": error.code, "message": str(error.message)}
        self._socket.put(frames.simple("error", **fields))

    def frame_of(self, event: Event) -> bytes | None:
        return event.seed if isinstance(event, RoomEvent) else None

    def fleeting(self, event: RoomEvent) -> None:
        """Typing, presence and receipts are not for this dialect."""

    def heartbeat(self, head: int) -> None:
        """Nor are heartbeats."""
