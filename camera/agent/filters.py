"""From a source's picture to the one that is encoded: scaled, turned, corrected, with the time written in."""

from fractions import Fraction
from typing import NamedTuple

import av
from av.filter import Graph
from av.filter.context import FilterContext

from camera.agent import barcode
from camera.camera_pb2 import CameraSettings

_MICROSECONDS = Fraction(1, 1_000_000)
_TURNS = {0: [], 90: [("transpose", "clock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "cclock")]}


class Shape(NamedTuple):
    width: int
    height: int
    format: str


class Filters:
    """The chain for the settings of the moment; it is built again when those or the pictures that come in change."""

    def __init__(self) -> None:
        self._built: tuple[Shape, list[tuple[str, str]]] | None = None
        self._in: FilterContext
        self._out: FilterContext

    def apply(self, frame: av.VideoFrame, settings: CameraSettings, *, captured_at_us: int) -> av.VideoFrame:
        """The picture as `settings` want it, in yuv420p; it may be the frame itself."""
        shape = Shape(frame.width, frame.height, frame.format.name)
        steps = chain(shape, settings)
        if self._built != (shape, steps):
            self._build(frame, steps)
            self._built = (shape, steps)
        self._in.push(frame)
        done = self._out.pull()
        if not isinstance(done, av.VideoFrame):
            raise TypeError("A chain of video has given sound")

        if settings.overlay_clock:
            done.make_writable()  # a decoder may still look at this picture
            barcode.draw(done, captured_at_us)
        return done

    def _build(self, frame: av.VideoFrame, steps: list[tuple[str, str]]) -> None:
        graph = Graph()
        graph.threads = 1
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or _MICROSECONDS
        )
        nodes = [source, *(graph.add(name, arguments) for name, arguments in steps), graph.add("buffersink")]
        graph.link_nodes(*nodes).configure()
        self._graph, self._in, self._out = graph, nodes[0], nodes[-1]


def chain(shape: Shape, settings: CameraSettings) -> list[tuple[str, str]]:
    """The filters with their arguments, in order; neutral ones are left out."""
    width, height = settings.width, settings.height
    steps = []
    if (shape.width, shape.height) != (width, height):
        fitted = f"{width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bilinear"
        steps += [("scale", fitted), ("pad", f"{width}:{height}:-1:-1")]
    steps += [("scale", "out_range=tv"), ("format", "pix_fmts=yuv420p")] if shape.format != "yuv420p" else []
    steps += _TURNS[settings.rotation % 360]
    steps += [("hflip", "")] * settings.flip_horizontal + [("vflip", "")] * settings.flip_vertical
    return steps + _corrections(settings)


def _corrections(settings: CameraSettings) -> list[tuple[str, str]]:
    steps = []
    if settings.contrast != 1 or settings.brightness:
        offset = 125.5 + settings.brightness * 1.1
        steps.append(("lutyuv", f"y=clip((val-125.5)*{settings.contrast:.4f}+{offset:.4f}\\,16\\,235)"))
    if settings.saturation != 1:
        steps.append(("hue", f"s={settings.saturation:.4f}"))
    if settings.sharpness:
        steps.append(("unsharp", f"luma_amount={settings.sharpness * 1.5:.4f}"))
    return steps


def picture_size(settings: CameraSettings) -> tuple[int, int]:
    """Width and height as encoded: a quarter turn changes them over."""
    size = (settings.width, settings.height)
    return size if settings.rotation % 180 == 0 else (size[1], size[0])
