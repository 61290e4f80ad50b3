"""The Raspberry Pi's camera, with a stand-in for the library that talks to the hardware."""

import sys
from types import SimpleNamespace

import pytest

from camera.agent.settings import initial
from camera.agent.sources import Away, opened
from tests.camera.agent.watching import Running, brightness, decoded, luma, until

STRIDE = 704  # wider than the picture, as the hardware has it


class Picamera2:
    """What of picamera2's class we call; one camera, which `trouble` takes away."""

    trouble: Exception | None = None
    calls: list[tuple] = []

    def __init__(self) -> None:
        if self.trouble:
            raise self.trouble
        self.camera_controls = {"AeEnable": (), "LensPosition": ()}

    def create_video_configuration(self, **words):
        return words

    def configure(self, configuration) -> None:
        self.size = configuration["main"]["size"]
        self.calls.append(("configure", configuration))

    def start(self) -> None:
        self.calls.append(("start",))

    def close(self) -> None:
        self.calls.append(("close",))

    def set_controls(self, controls) -> None:
        self.calls.append(("set_controls", controls))

    def stream_configuration(self, _name):
        return {"stride": STRIDE}

    def capture_buffer(self, _name) -> bytes:
        if self.trouble:
            raise self.trouble
        width, height = self.size
        row = bytes([90]) * (width - 1) + bytes([180]) + bytes(STRIDE - width)
        return row * height + bytes([128]) * (STRIDE // 2 * height)


@pytest.fixture
def library(monkeypatch):
    monkeypatch.setattr(Picamera2, "trouble", None)
    monkeypatch.setattr(Picamera2, "calls", [])
    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=Picamera2))
    return Picamera2


def test_pi_camera_gives_its_pictures(library):
    source = opened("picamera2")
    settings = initial(source.capabilities)
    settings.exposure_us, settings.focus = 5000, 1000

    source.adjust(settings)
    frame = source.picture()
    settings.exposure_us = settings.focus = 0
    source.adjust(settings)
    settings.width, settings.height = 320, 240
    source.adjust(settings)
    smaller = source.picture()
    source.close()

    main = {"size": (640, 480), "format": "YUV420"}
    assert luma(frame, 479) == bytes([90]) * 639 + bytes([180])
    assert (smaller.width, smaller.height) == (320, 240)
    assert library.calls[:4] == [
        ("configure", {"main": main, "controls": {"FrameRate": 30}}),
        ("start",),
        ("set_controls", {"AeEnable": False, "ExposureTime": 5000, "AfMode": 0, "LensPosition": 0.0}),
        ("set_controls", {"AeEnable": True, "AfMode": 2}),
    ]
    assert [call[0] for call in library.calls[4:]] == ["close", "configure", "start", "set_controls", "close"]


def test_pi_camera_says_what_it_has_of_its_own(library):
    able = opened("picamera2").capabilities

    assert able.ranges["exposure_us"].unit == "µs"
    assert able.ranges["focus"].max == 1000


@pytest.mark.parametrize("trouble", [IndexError("no camera"), RuntimeError("in use")])
def test_pi_camera_that_is_away_is_tried_again(library, trouble):
    library.trouble = trouble
    source = opened("picamera2")
    source.adjust(initial(source.capabilities))

    for _ in range(2):
        with pytest.raises(Away, match="It gives no picture"):
            source.picture()

    assert "focus" not in source.capabilities.ranges


def test_pi_camera_that_vanishes_shows_no_signal_and_comes_back(library):
    with Running("picamera2") as running:
        running.demand()
        until(lambda: running.chunks() and not running.chunks()[-1].no_signal)
        library.trouble = OSError("unplugged")
        until(lambda: running.chunks()[-1].no_signal)
        library.trouble = None
        until(lambda: not running.chunks()[-1].no_signal)

        (frame, *_) = decoded(running.chunks()[:1])
        assert brightness(frame) == pytest.approx(90, abs=3)
