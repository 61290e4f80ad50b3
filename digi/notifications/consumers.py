"""The socket of a person's inbox: `/ws/notifications/`."""

from typing import Any

from digi.errors import DigiError, Forbidden, Unavailable
from digi.notifications import events, frames
from digi.notifications.services import acts, catching
from digi.realtime import codes
from digi.realtime.events import Event
from digi.realtime.following import Follower
from digi.realtime.pulse import HEARTBEAT
from digi.realtime.sockets import Closed

_ACTS = {frames.Seen: "seen", frames.Read: "read", frames.Done: "done"}


class InboxConsumer(Follower):
    """Follows the numbers of one inbox, from the client's hello on; nothing is sent before that."""

    read = staticmethod(catching.looks)

    def __init__(self) -> None:
        super().__init__()
        self._unread = -1

    async def open(self) -> None:
        """Join, not yet live: what comes before the hello is read when it is answered."""
        if not self.identity.grants("notifications:read"):
            raise Closed(codes.FORBIDDEN)
        user_id = self.identity.user_id
        self.follow(events.inbox_topic(user_id), lambda since: (user_id, since))
        await self.accept()

    def frame(self, text: str) -> Any:
        return frames.decode(text)

    def act(self, frame: Any) -> None:
        if isinstance(frame, frames.Hello):
            self._greet(frame)
            return
        if not self.identity.grants("notifications:write"):
            raise Forbidden("This token may read only.", code="not_allowed")
        act = acts.Act(self.identity.user_id, _ACTS[type(frame)], tuple(frame.ids))
        self.hub.writer(acts.perform).submit(act, self._performed)

    def fail(self, error: DigiError, frame: Any = None) -> None:
        self.put(events.error(error.code, str(error.message), error.extra))

    def tell(self, event: Event) -> int:
        assert isinstance(event, events.InboxChanged)  # noqa: S101 - for the type checker
        for frame in event.frames:
            self.put(frame)
        if event.unread not in (-1, self._unread):
            self._unread = event.unread
            self.put(events.unread_count(event.unread))
        return sum(map(len, event.frames))

    def heartbeat(self, heads: dict[str, int]) -> None:
        """What a lost push would have told is read now."""
        self.compare(heads)
        if self.at is not None:
            self.put(events.heartbeat(self.at))

    def inbox_changed(self, event: events.InboxChanged) -> None:
        if event.changes:
            self.numbered(event)
        else:
            self.catch_up()

    def _greet(self, hello: frames.Hello) -> None:
        def welcome(answer: tuple[int, int] | BaseException) -> None:
            if isinstance(answer, BaseException):
                self.fail(Unavailable("The server could not read this. Try again."))
                return
            head, self._unread = answer
            self.put(events.welcome(head, self._unread, HEARTBEAT))
            if hello.last_id is None or hello.last_id >= head:
                self.go_live(head)
            else:
                self.resume(hello.last_id)

        self.hub.reader(catching.greetings).submit(self.identity.user_id, welcome)

    def _performed(self, answer: Any) -> None:
        if isinstance(answer, DigiError):
            self.fail(answer)
        elif isinstance(answer, BaseException):
            self.fail(Unavailable("The server could not store this. Try again."))
