"""Devices and network cameras: they give pictures when they like, so a thread waits for them."""

import threading
import time
from collections.abc import Callable

import av

from camera.agent.backoff import Backoff
from camera.agent.capabilities import common
from camera.agent.sources.source import TROUBLE, Away
from camera.camera_pb2 import EFFECT_RESTART, CameraSettings

_STALE = 2.0  # seconds after which the last picture is none
_PATIENCE = 5.0  # seconds without a byte after which the connection is made anew

Options = dict[str, str]


class Live:
    """The newest picture of `address`; older ones are forgotten, so a slow reader never falls behind."""

    def __init__(self, address: str, *, format: str | None, options: Callable[[CameraSettings], Options]) -> None:
        self.capabilities = common(address.rpartition("@")[2][:120])  # without a password
        self.fixed = CameraSettings()
        self._address, self._format, self._options = address, format, options
        self._wanted: Options = {}
        self._newest: tuple[av.VideoFrame, float] | None = None
        self._reason = "It is being opened."
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def adjust(self, settings: CameraSettings) -> None:
        self._wanted = self._options(settings)
        if self._thread is None:
            self._thread = threading.Thread(target=self._read, name="source", daemon=True)
            self._thread.start()

    def picture(self) -> av.VideoFrame:
        newest = self._newest
        if newest is None or time.monotonic() - newest[1] > _STALE:
            raise Away(self._reason)
        return newest[0]

    def close(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE + 1)

    def _read(self) -> None:
        backoff = Backoff(longest=5)
        while not self._ended.is_set():
            try:
                self._read_until_changed(backoff)
            except TROUBLE as error:
                self._reason = f"It cannot be read: {getattr(error, 'strerror', None) or error}."
                self._ended.wait(backoff.next())

    def _read_until_changed(self, backoff: Backoff) -> None:
        options = self._wanted
        with av.open(self._address, format=self._format, options=options, timeout=_PATIENCE) as container:
            stream = container.streams.video[0]
            stream.codec_context.flags |= av.codec.context.Flags.low_delay
            stream.thread_type = "SLICE"  # threads of whole pictures would each hold one back
            for frame in container.decode(stream):
                backoff.reset()
                self._newest = (frame, time.monotonic())
                if self._ended.is_set() or options != self._wanted:
                    return
        raise OSError("it has ended")


def device(path: str) -> Live:
    """A camera of Video4Linux; it is opened anew for another size or rate, and takes the nearest it has."""
    live = Live(
        path,
        format="v4l2",
        options=lambda wanted: {"video_size": f"{wanted.width}x{wanted.height}", "framerate": str(wanted.fps)},
    )
    live.capabilities.ranges["fps"].effect = EFFECT_RESTART
    return live


def network(address: str) -> Live:
    """A network camera by RTSP over TCP; its pictures are scaled."""
    return Live(address, format=None, options=lambda _wanted: {"rtsp_transport": "tcp", "fflags": "nobuffer"})
