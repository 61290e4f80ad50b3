"""The pictures of one camera in this process: what came last, who is shown it, and when a keyframe is asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from camera.chunks import JPEG, Chunk
from camera.order import Recent
from camera.services import entrance
from digi.realtime.hub import Hub

if TYPE_CHECKING:
    from camera.consumers.viewer import ViewerConsumer

PAUSE = 0.25  # seconds between keyframes that are asked for
PICTURE = 1.0  # seconds between pictures that are kept for thumbnails


class Show:
    """`ask` has the agent asked for a keyframe. `pictures` and `bytes` count what was shown here, for measuring."""

    def __init__(self, hub: Hub, camera_id: int, run: int, ask: Callable[[], None]) -> None:
        self.viewers: dict[ViewerConsumer, None] = {}
        self.run = run
        self.pictures = self.bytes = 0
        self._dropped: WeakKeyDictionary[ViewerConsumer, int] = WeakKeyDictionary()
        self._hub = hub
        self._camera_id = camera_id
        self._ask = ask
        self._recent = Recent()
        self._shown_at = self._asked_at = self._kept_at = -1e9
        self._asking: Any = None

    @property
    def silence(self) -> float:
        """Seconds since the last picture."""
        return self._hub.loop.time() - self._shown_at

    def begin(self, run: int) -> None:
        """Pictures of earlier agents are over."""
        if run > self.run:
            self.run = run
            self.end()

    def end(self) -> None:
        """What was shown is of the past; a later picture is another beginning."""
        self._recent = Recent()
        for viewer in self.viewers:
            viewer.flow.start_over()

    def watch(self, viewer: "ViewerConsumer") -> None:
        """Show somebody what is at hand, or have a keyframe made."""
        viewer.flow.start_over()
        beginning = self._recent.beginning(viewer.codec)
        for chunk in beginning:
            viewer.flow.offer(chunk)
        if not beginning:
            self.want_keyframe()

    def show(self, chunk: Chunk) -> None:
        """A new picture, for everybody who wants its kind."""
        self._shown_at = self._hub.loop.time()
        self.pictures += 1
        self.bytes += chunk.size
        follows = self._recent.take(chunk)
        for viewer in tuple(self.viewers):
            if viewer.codec == chunk.codec:
                if not follows:
                    viewer.flow.miss()
                viewer.flow.offer(chunk)

    def keep(self, chunk: Chunk) -> None:
        """Keep a JPEG for thumbnails and snapshots, once a second at most."""
        if chunk.codec == JPEG and self._shown_at - self._kept_at >= PICTURE:
            self._kept_at = self._shown_at
            self._hub.helper(entrance.keep).submit((self._camera_id, chunk.picture()), _nothing)

    def refresh(self) -> None:
        """By the clock: whoever has shown everything and waits for a keyframe is helped on."""
        if any(viewer.flow.is_thirsty for viewer in self.viewers):
            self.want_keyframe()

    def dropped(self) -> int:
        """Pictures left out for slow viewers since this was asked last."""
        more = 0
        for viewer in self.viewers:
            more += viewer.flow.total - self._dropped.get(viewer, 0)
            self._dropped[viewer] = viewer.flow.total
        return more

    def want_keyframe(self) -> None:
        """Have a keyframe asked for, now or as soon as that is no hurry."""
        if self._asking is None:
            wait = self._asked_at + PAUSE - self._hub.loop.time()
            self._asking = self._hub.loop.call_later(max(0.0, wait), self._ask_now)

    def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()

    def _ask_now(self) -> None:
        self._asking = None
        self._asked_at = self._hub.loop.time()
        self._ask()


def _nothing(_answer: object) -> None:
    """What was not kept is kept with the next picture; the batcher has logged why."""
