"""A moving pattern that needs no camera."""

from typing import cast

import av
from av.filter import Graph

from camera.agent.capabilities import common
from camera.camera_pb2 import CameraSettings


class Clock:
    """Made for demonstrations and measurements: the time always stands in its pictures."""

    def __init__(self) -> None:
        self.capabilities = common("clock")
        del self.capabilities.switches["overlay_clock"]
        self.fixed = CameraSettings(overlay_clock=True)
        self._shape = ""
        self._graph: Graph

    def adjust(self, settings: CameraSettings) -> None:
        shape = f"size={settings.width}x{settings.height}:rate={settings.fps}"
        if shape == self._shape:
            return

        graph = Graph()
        graph.threads = 1
        # The grain of a real lens: without it there is too little in the picture for a high bitrate.
        pattern, grain = graph.add("testsrc2", shape), graph.add("noise", "c0s=6:c0f=t")
        graph.link_nodes(pattern, grain, graph.add("format", "pix_fmts=yuv420p"), graph.add("buffersink")).configure()
        self._graph, self._shape = graph, shape

    def picture(self) -> av.VideoFrame:
        return cast(av.VideoFrame, self._graph.pull())

    def close(self) -> None:
        pass
