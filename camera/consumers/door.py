"""What every socket of a camera does first: find the camera, see who may come in, and say the settings."""

from typing import Any

from camera.events import StandingChanged, camera_topic
from camera.models import DEFAULT, Role
from camera.services import entrance
from camera.services.entrance import Asked, Entrance
from camera.services.states import State
from camera.stream import Stream, stream
from digi.accounts.events import PersonChanged
from digi.realtime import codes
from digi.realtime.binary import BinarySocket
from digi.realtime.hub import Hub
from digi.realtime.registry import at_every_beat
from digi.realtime.sockets import Closed

SUBPROTOCOL = "camera.v1"


class CameraSocket(BinarySocket):
    """Its first frame is the bare settings, whoever it is for."""

    pace = "camera_frames"

    def __init__(self) -> None:
        super().__init__()
        self.stream: Stream | None = None
        self.role: Role | None = None
        self.asked = Asked(0, None)

    def changed(self, before: State, now: State) -> None:
        """The camera's state is another one."""
        raise NotImplementedError

    def compare(self, heads: dict[str, int]) -> None:
        """What a lost event would have told is read now."""
        if self.stream is not None:
            self.stream.look(heads.get(camera_topic(self.asked.camera_id), 0))

    heartbeat = compare

    def promoted(self) -> None:
        """The person's role is another one."""

    async def open(self) -> None:
        """Join, then authorise, then go live: what happens in between is not lost."""
        camera_id = await self._camera()
        self.is_of_a_person = not hasattr(self.identity, "kind")
        self.asked = Asked(camera_id, self.identity.user_id if self.is_of_a_person else None)
        self.join(camera_topic(camera_id))
        found: Entrance | None = await self.hub.reader(entrance.enter).ask(self.asked)
        if found is None:
            raise Closed(codes.FORBIDDEN)
        await self.accept()
        if self.closed:
            return
        if self.is_of_a_person and found.role is Role.ADMIN:
            self.hub.helper(entrance.note_looks).submit(self.asked, nothing)
        self.role = found.role
        self.put(found.state.bare)
        self.stream = stream(self.hub, found.state)
        self.stream.enter(self, found.state)
        if self.stream.state is not found.state and self.stream.state.bare != found.state.bare:
            self.put(self.stream.state.bare)

    async def _camera(self) -> int:
        """The key of the camera that the address names. Raises `Closed`."""
        own = getattr(self.identity, "camera_id", None)
        slug = self.scope["url_route"]["kwargs"].get("slug") or DEFAULT
        camera_id: int | None = await self.hub.reader(entrance.find).ask(slug)
        if camera_id is None or own not in (None, camera_id) or not self._may_come():
            raise Closed(codes.FORBIDDEN)
        return camera_id

    def _may_come(self) -> bool:
        return self.identity.grants("cameras:read")

    def close(self, code: int) -> None:
        super().close(code)
        self._leave()

    def gone(self) -> None:
        self._leave()

    def left(self) -> None:
        """It has left its camera: once, from whichever side it was closed."""

    def _leave(self) -> None:
        if self.stream is not None and self in self.stream.sockets:
            self.left()
            self.stream.leave(self)

    # What the hub hands out.

    def person_changed(self, event: PersonChanged) -> None:
        """Offices in the department may be among what has changed."""
        self.look_again()

    def camera_standing(self, event: StandingChanged) -> None:
        if event.camera_id == self.asked.camera_id:
            self.look_again()

    def look_again(self) -> None:
        """May this person still be here, and as what?"""
        if self.asked.user_id is not None and self.stream is not None:
            self.hub.reader(entrance.enter).submit(self.asked, self._stands)

    def _stands(self, found: Entrance | BaseException | None) -> None:
        if isinstance(found, BaseException) or self.closed:
            return  # the next beat looks again; the batcher has logged why
        if found is None:
            self.close(codes.FORBIDDEN)
        elif found.role != self.role:
            self.role = found.role
            self.promoted()


async def _look_again(hub: Hub) -> None:
    """At every beat, should an event have been lost."""
    for socket in tuple(hub.open):
        if isinstance(socket, CameraSocket):
            socket.look_again()


at_every_beat(_look_again)


def nothing(_answer: Any) -> None:
    """What nobody waits for; the batcher has logged what went wrong."""
