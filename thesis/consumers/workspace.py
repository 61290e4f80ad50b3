"""The socket of a thesis: `/ws/theses/<uuid>/`."""

import asyncio
from typing import Any

from digi.accounts.events import PersonChanged
from digi.errors import DigiError, Unavailable
from digi.realtime import codes
from digi.realtime.events import Event
from digi.realtime.following import Follower
from digi.realtime.hub import Hub
from digi.realtime.pulse import HEARTBEAT
from digi.realtime.registry import at_every_beat
from digi.realtime.sockets import Closed
from thesis import events
from thesis.consumers import frames
from thesis.consumers.attendance import attendance
from thesis.models import Circle
from thesis.services import entrance
from thesis.services.entrance import Asked, Entrance, Following
from thesis.services.presence import Guest


class ThesisConsumer(Follower):
    """Follows what its person's circle is told of a thesis, from the client's hello on; nothing is sent before that.

    Only ids and kinds go over it: what they stand for is fetched where it is authorised.
    """

    read = staticmethod(entrance.looks)

    def __init__(self) -> None:
        super().__init__()
        self.asked: Asked
        self._circle: Circle | None = None
        self._welcomed = False
        self._attends = False
        self._shown = False
        self._held: dict[str, events.PresenceChanged] = {}

    async def open(self) -> None:
        """Join what ends it, then authorise, then join the numbers that may be read: nothing in between is lost."""
        if not self.identity.grants("theses:read"):
            raise Closed(codes.FORBIDDEN)
        self.asked = Asked(self.identity.user_id, self.scope["url_route"]["kwargs"]["thesis_id"])
        thesis = self.asked.thesis
        self.join(events.workspace_topic(thesis))
        found: Entrance | None = await self.hub.reader(entrance.enter).ask(self.asked)
        if found is None:
            raise Closed(codes.FORBIDDEN)
        if found.outside:
            await self.hub.helper(entrance.note_looks).ask(self.asked)

        self._circle = circle = found.circle
        self._shown = not found.outside
        self.follow(events.circle_topic(thesis, circle), lambda since: Following(thesis, circle, since))
        await self.accept()

    def gone(self) -> None:
        super().gone()
        if self._attends:
            self._attends = False
            attendance(self.hub).leave(Guest(self.asked.thesis, self.asked.user_id))

    def frame(self, text: str) -> Any:
        return frames.decode(text)

    def act(self, frame: frames.Hello) -> None:
        def answer(found: Entrance | BaseException | None) -> None:
            if isinstance(found, BaseException):
                self.fail(Unavailable("The server could not read this. Try again."))
            elif self.stands(found) and found is not None:
                self._welcome(frame, found)

        self.hub.reader(entrance.enter).submit(self.asked, answer)

    def fail(self, error: DigiError, frame: Any = None) -> None:
        self.put(events.error(error.code, str(error.message), error.extra))

    def tell(self, event: Event) -> int:
        assert isinstance(event, events.ThesisHappened)  # noqa: S101 - for the type checker
        self.put(event.frame)
        return len(event.frame)

    def heartbeat(self, heads: dict[str, int]) -> None:
        """What a lost push would have told is read now."""
        self.compare(heads)
        if self.at is not None:
            self.put(events.heartbeat(self.at))

    @property
    def is_open(self) -> bool:
        """Has it come through the door?"""
        return self._circle is not None and not self.closed

    def stands(self, found: Entrance | None) -> bool:
        """Close the socket of who may not be here any more; whose circle is another one comes again."""
        if found is None:
            self.close(codes.FORBIDDEN)
        elif self._circle not in (None, found.circle):
            self.close(codes.TRY_AGAIN)
        return not self.closed

    # What the hub hands out, by the events' types.

    def thesis_happened(self, event: events.ThesisHappened) -> None:
        self.numbered(event)

    def thesis_presence(self, event: events.PresenceChanged) -> None:
        guest = Guest(self.asked.thesis, event.user_id)
        attendance(self.hub).heard(guest, here=event.here)
        if event.user_id == self.identity.user_id:
            if not event.here:  # gone from another process, and still here
                attendance(self.hub).refresh(guest)
        elif self._welcomed:
            self.put(event.frame)
        else:
            self._held[event.user] = event

    def thesis_ended(self, event: events.ThesisEnded) -> None:
        self.close(codes.FORBIDDEN)

    def person_changed(self, event: PersonChanged) -> None:
        """Offices in the department, or whether others see this person, may be among what has changed."""
        if self._attends:
            attendance(self.hub).refresh(Guest(self.asked.thesis, self.asked.user_id))
        if self.is_open:
            self.hub.reader(entrance.enter).submit(self.asked, self._checked)

    def _checked(self, found: Entrance | BaseException | None) -> None:
        if not isinstance(found, BaseException):  # else the next beat looks again; the batcher has logged it
            self.stands(found)

    def _welcome(self, hello: frames.Hello, found: Entrance) -> None:
        since = hello.since
        known = since is not None and hello.stream == self._circle and since <= found.head
        others = sorted(found.present - {self.identity.username})
        self.put(
            events.welcome(
                v=frames.VERSION,
                n=found.head,
                stream=str(self._circle),
                refetch=not known,
                present=others,
                heartbeat=HEARTBEAT,
            )
        )
        self._welcomed = True
        held, self._held = self._held, {}
        for event in held.values():
            self.put(event.frame)
        self.resume(since if known and since is not None else found.head, lambda n: self.put(events.synced(n)))
        if self._shown and not self._attends:
            self._attends = True
            attendance(self.hub).enter(Guest(self.asked.thesis, self.asked.user_id))


async def _look_again(hub: Hub) -> None:
    """At every beat: a deputy's last day passes without anybody doing anything."""
    open_now = [one for one in tuple(hub.open) if isinstance(one, ThesisConsumer) and one.is_open]
    answers = await asyncio.gather(*(hub.reader(entrance.enter).ask(one.asked) for one in open_now))
    for one, found in zip(open_now, answers, strict=True):
        one.stands(found)


at_every_beat(_look_again)
