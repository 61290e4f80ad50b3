"""Where pictures come from; `opened` reads what stands after `--source`."""

from collections.abc import Callable

from camera.agent.sources.clock import Clock
from camera.agent.sources.live import device, network
from camera.agent.sources.pi import PiCamera
from camera.agent.sources.player import Player
from camera.agent.sources.source import Away, Source

__all__ = ["KINDS", "Away", "Source", "opened"]

KINDS: dict[str, Callable[[str], Source]] = {
    "clock": lambda _rest: Clock(),
    "lavfi": lambda graph: Player(graph, format="lavfi"),
    "file": lambda path: Player(path, looped=True),
    "v4l2": device,
    "rtsp": lambda rest: network(f"rtsp:{rest}"),
    "rtsps": lambda rest: network(f"rtsps:{rest}"),
    "picamera2": lambda _rest: PiCamera(),
}


def opened(name: str) -> Source:
    """The source called `clock`, `lavfi:…`, `file:…`, `v4l2:/dev/video0`, `rtsp://…` or `picamera2`.

    A source that is not there yet is no error: its pictures say so. Raises ValueError for a name of no kind.
    """
    kind, _colon, rest = name.partition(":")
    if kind not in KINDS or not (rest or kind in ("clock", "picamera2")):
        raise ValueError(f"{name!r} is no source: clock, lavfi:…, file:…, v4l2:/dev/video0, rtsp://… or picamera2")
    return KINDS[kind](rest)
