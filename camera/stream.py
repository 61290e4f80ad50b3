"""One camera in this process: its state, its sockets, and the way to and from the other processes.

The channel layer never carries pictures: drops must respect keyframes, and only this knows them. The hub tells that
the camera's row has changed; what it says then is read once and handed to all its sockets.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from camera import camera_pb2 as pb
from camera import messages
from camera.audience import Audience
from camera.chunks import Chunk, Malformed, peek
from camera.events import CameraChanged, KeyframeWanted, Measured, Watched, camera_topic
from camera.services import measures, states
from camera.services.states import State
from camera.show import Show
from digi.errors import Unavailable
from digi.realtime import codes
from digi.realtime.events import Event, SocketsClosed
from digi.realtime.hub import Hub
from digi.realtime.publish import tell

if TYPE_CHECKING:
    from camera.consumers.agent import AgentConsumer
    from camera.consumers.door import CameraSocket
    from camera.consumers.viewer import ViewerConsumer

TICK = 1.0  # seconds
ANSWER = 5  # seconds in which an agent acknowledges settings
UPKEEP = 4  # ticks between signs of life
GRACE = 3  # ticks for which pictures are made that nobody watches any more
_KEYFRAME = messages.frame(pb.Envelope(keyframe_request=pb.KeyframeRequest()))


class Stream:
    """What this process knows of a camera, as long as it has a socket of it; `done` is called at the end."""

    def __init__(self, hub: Hub, state: State, done: Callable[[], None]) -> None:
        self.hub = hub
        self.state = state
        self.sockets: dict[CameraSocket, None] = {}
        self.agent: AgentConsumer | None = None
        self.show = Show(hub, state.camera_id, state.run, self._ask)
        self.audience = Audience(state.camera_id)
        self._topic = camera_topic(state.camera_id)
        self._channel = f"camera.{state.camera_id}"
        self._done = done
        self._wanted_head = state.head
        self._reading = False
        self._status = b""
        self._demand: tuple[bool, float] | None = None
        self._idle = self._ticks = self._overdue = 0
        self._since = hub.loop.time()  # that the present settings wait for an answer
        hub.join(self._topic, self)
        hub.feed.listen(self._channel, self._heard)
        self._timer = hub.loop.call_later(TICK, self._tick)

    # Coming and going.

    def enter(self, socket: "CameraSocket", state: State) -> None:
        self.sockets[socket] = None
        self.adopt(state)

    def leave(self, socket: "CameraSocket") -> None:
        del self.sockets[socket]
        if self.agent is socket:
            self.agent = self._demand = None
        if socket in self.show.viewers:
            del self.show.viewers[socket]
            self.count()
        if not self.sockets:
            self._timer.cancel()
            self.show.close()
            self.hub.leave(self._topic, self)
            self.hub.feed.ignore(self._channel)
            self._done()

    def watch(self, viewer: "ViewerConsumer") -> None:
        """A viewer is told how things stand, and wants pictures from now on."""
        before = self._status
        self.show.viewers[viewer] = None
        self.count()
        if self._status == before:
            viewer.put(self.status_frame())
        self.show.watch(viewer)

    def count(self) -> None:
        """Somebody came or went, or looks away."""
        if self.audience.count(self.show.viewers):
            tell(self.audience.word())
            self._tell_demand()
            self._tell_status()

    def publish_by(self, agent: "AgentConsumer", run: int) -> None:
        """From now on the pictures of this agent are shown."""
        before, self.agent = self.agent, agent
        if before is not None and before is not agent:
            before.taken_over()
        self.show.begin(run)
        self._since = self.hub.loop.time()
        self._demand = None
        self._tell_demand()

    # What the agent that is here sends.

    def publish(self, chunk: Chunk) -> None:
        if self.audience.elsewhere:
            self.hub.feed.publish(self._channel, self.show.run.to_bytes(8, "big") + chunk.envelope())
        self.show.show(chunk)
        self.show.keep(chunk)

    def measured(self, stats: pb.Stats) -> None:
        """What it says of itself."""
        if self.audience.elsewhere:
            tell(Measured(topic=self._topic, camera_id=self.state.camera_id, stats=stats.SerializeToString()))
        self._tell_stats(stats)
        self.hub.helper(measures.keep).submit((self.state.camera_id, messages.measures(stats)), _nothing)

    # What comes from other processes.

    def _heard(self, body: bytes) -> None:
        """A picture by the feed."""
        run = int.from_bytes(body[:8], "big")
        if run < self.show.run or self.agent is not None:
            return
        try:
            chunk = peek(body[8:])
        except Malformed:
            return
        if chunk is not None:
            self.show.begin(run)
            self.show.show(chunk)

    def take(self, event: Event) -> None:
        match event:
            case CameraChanged():
                self.look(event.head)
            case Watched():
                self.audience.heard(event)
                self._tell_demand()
                self._tell_status()
            case KeyframeWanted() if self.agent is not None:
                self.show.want_keyframe()
            case Measured() if self.agent is None:
                self._tell_stats(pb.Stats.FromString(event.stats))

    def catch_up(self) -> None: ...

    def close_for(self, event: SocketsClosed) -> None: ...

    def flush(self) -> None: ...

    # State.

    def look(self, head: int) -> None:
        """The row stands at `head`: read it, unless it is known."""
        if head > self.state.head:
            self._wanted_head = max(head, self._wanted_head)
            self.read()

    def read(self) -> None:
        if not self._reading:
            self._reading = True
            self.hub.reader(states.read).submit(self.state.camera_id, self._read)

    def adopt(self, state: State) -> None:
        """Take a state that was read, unless a later one is known, and tell the sockets what is new."""
        before = self.state
        if state.head < before.head or state == before:
            return
        self.state = state
        if state.retired:
            for socket in tuple(self.sockets):
                socket.close(codes.FORBIDDEN)
            return
        if state.revision > before.revision:
            self._since = self.hub.loop.time()
        if self.agent is not None and self.agent.run < state.run:
            self.agent.taken_over()
        self.show.begin(state.run)
        if before.online and not state.online:
            self.show.end()
        for socket in tuple(self.sockets):
            socket.changed(before, state)
        self._tell_status()
        if state.run > before.run and self.show.viewers:
            tell(self.audience.word())  # the new agent's process may not know of them yet

    def _read(self, state: State | BaseException | None) -> None:
        self._reading = False
        if not isinstance(state, State):
            return  # the database does not answer; the next tick asks again
        self.adopt(state)
        if self._wanted_head > self.state.head and self.sockets:
            self.read()

    # By the clock.

    def _tick(self) -> None:
        self._timer = self.hub.loop.call_later(TICK, self._tick)
        self._ticks += 1
        if self._wanted_head > self.state.head:
            self.read()
        self.show.refresh()
        self._tell_overdue()
        self._tell_demand(later=True)
        if dropped := self.show.dropped():
            self.hub.helper(measures.drop).submit((self.state.camera_id, dropped), _nothing)
        if self._ticks % UPKEEP == 0:
            tell(self.audience.word())
            if self.agent is not None:
                self.agent.stay()
            elif self.state.online == (self.show.silence > UPKEEP):
                self.read()  # its process may have died, or it is back where a sign of it came late
        self._tell_status()

    def _tell_overdue(self) -> None:
        state = self.state
        waits = state.online and state.acked_revision < state.revision and self._overdue < state.revision
        if waits and self.hub.loop.time() - self._since >= ANSWER:
            self._overdue = state.revision
            self._to_viewers(messages.error(Unavailable("The camera has not answered.", code="ack_timeout")))

    def _tell_demand(self, *, later: bool = False) -> None:
        """More is asked for at once, less after a while: whoever reloads a page comes back."""
        if self.agent is None:
            return
        wanted, present = self.audience.demand, self._demand
        if present is not None and wanted != present and wanted[0] <= present[0] and wanted[1] <= present[1]:
            self._idle += later
            if self._idle < GRACE:
                return
        self._idle = 0
        if wanted != present:
            self._demand = wanted
            self.agent.put(messages.frame(pb.Envelope(demand=pb.Demand(h264=wanted[0], jpeg_fps=wanted[1]))))

    def _ask(self) -> None:
        """For a keyframe."""
        if self.agent is not None:
            self.agent.put(_KEYFRAME)
        elif self.state.online:
            tell(KeyframeWanted(topic=self._topic, camera_id=self.state.camera_id))

    # What viewers are told.

    def status_frame(self) -> bytes:
        state = self.state
        word = pb.Status(
            online=state.online,
            since=messages.millis(state.since),
            reason=state.reason,
            recording=state.recording,
            viewers=self.audience.people,
        )
        return messages.frame(pb.Envelope(status=word))

    def _tell_status(self) -> None:
        frame = self.status_frame()
        if frame != self._status:
            self._status = frame
            self._to_viewers(frame)

    def _tell_stats(self, stats: pb.Stats) -> None:
        stats.viewers = self.audience.people
        self._to_viewers(messages.frame(pb.Envelope(stats=stats)))

    def _to_viewers(self, frame: bytes) -> None:
        for viewer in tuple(self.show.viewers):
            viewer.put(frame)


def _nothing(_answer: object) -> None:
    """What was not measured now is measured next time; the batcher has logged why."""


_streams: WeakKeyDictionary[Hub, dict[int, Stream]] = WeakKeyDictionary()


def streams(hub: Hub) -> dict[int, Stream]:
    """The cameras of which this process has sockets, by their keys."""
    return _streams.setdefault(hub, {})


def stream(hub: Hub, state: State) -> Stream:
    """The camera's stream, begun at its first socket."""
    here = streams(hub)
    if state.camera_id not in here:
        here[state.camera_id] = Stream(hub, state, lambda: here.__delitem__(state.camera_id))
    return here[state.camera_id]
