"""The Raspberry Pi's own camera, where the system's picamera2 is installed."""

import importlib
import time
from contextlib import suppress
from typing import Any

import av

from camera.agent.backoff import Backoff
from camera.agent.capabilities import common, span
from camera.agent.sources.source import Away
from camera.camera_pb2 import EFFECT_RESTART, CameraSettings

_ERRORS = (IndexError, OSError, RuntimeError)  # no camera, camera in use, and libcamera's own
_NEAREST = 10.0  # dioptres


class PiCamera:
    """Takes pictures of the wanted size; exposure, and focus where the lens has a motor, are the camera's own."""

    def __init__(self) -> None:
        try:
            self._library = importlib.import_module("picamera2")
        except ImportError as error:
            raise ValueError("picamera2 is not installed: apt install python3-picamera2") from error
        self.capabilities = common("picamera2")
        self.capabilities.ranges["fps"].effect = EFFECT_RESTART
        self.capabilities.ranges["exposure_us"].CopyFrom(span(0, 1_000_000, 100, 0, "µs"))
        self.fixed = CameraSettings()
        self._camera: Any = None
        self._wanted = CameraSettings()
        self._shape: tuple[int, int, int] | None = None
        self._backoff = Backoff(longest=5)
        self._again_at = 0.0
        self._reason = ""
        with suppress(*_ERRORS):
            self._camera = self._library.Picamera2()
            if "LensPosition" in self._camera.camera_controls:
                self.capabilities.ranges["focus"].CopyFrom(span(0, 1000, 1, 0))

    def adjust(self, settings: CameraSettings) -> None:
        self._wanted.CopyFrom(settings)
        shape = (settings.width, settings.height, settings.fps)
        if self._shape == shape:
            with suppress(*_ERRORS):
                self._camera.set_controls(controls(settings))
        elif self._shape is not None:
            self.close()

    def picture(self) -> av.VideoFrame:
        try:
            if self._shape is None:
                self._start()
            stride = self._camera.stream_configuration("main")["stride"]
            data = bytes(self._camera.capture_buffer("main"))
        except _ERRORS as error:
            self.close()
            self._reason, self._again_at = f"It gives no picture: {error}.", time.monotonic() + self._backoff.next()
            raise Away(self._reason) from error
        self._backoff.reset()
        return from_planes(data, self._wanted.width, self._wanted.height, stride)

    def close(self) -> None:
        with suppress(*_ERRORS):
            if self._camera is not None:
                self._camera.close()
        self._camera = self._shape = None

    def _start(self) -> None:
        if time.monotonic() < self._again_at:
            raise Away(self._reason)
        wanted = self._wanted
        self._camera = self._camera or self._library.Picamera2()
        main = {"size": (wanted.width, wanted.height), "format": "YUV420"}
        rate = {"FrameRate": wanted.fps}
        self._camera.configure(self._camera.create_video_configuration(main=main, controls=rate))
        self._camera.start()
        self._camera.set_controls(controls(wanted))
        self._shape = (wanted.width, wanted.height, wanted.fps)


def controls(settings: CameraSettings) -> dict[str, object]:
    """Libcamera's words for exposure and focus."""
    exposure: dict[str, object] = {"AeEnable": not settings.exposure_us}
    if settings.exposure_us:
        exposure["ExposureTime"] = settings.exposure_us
    if not settings.HasField("focus"):
        return exposure
    if not settings.focus:
        return {**exposure, "AfMode": 2}  # continuous
    return {**exposure, "AfMode": 0, "LensPosition": _NEAREST * (1000 - settings.focus) / 999}


def from_planes(data: bytes, width: int, height: int, stride: int) -> av.VideoFrame:
    """A yuv420p picture of three planes one after the other, with rows of `stride` bytes (luma) and half of it."""
    frame = av.VideoFrame(width, height, "yuv420p")
    start = 0
    for index, plane in enumerate(frame.planes):
        step = stride if index == 0 else stride // 2
        pixels = memoryview(plane)
        for row in range(plane.height):
            line = data[start + row * step : start + row * step + plane.width]
            pixels[row * plane.line_size : row * plane.line_size + plane.width] = line
        start += step * plane.height
    return frame
