"""A network camera, spoken to by RTSP: FFmpeg listens for it, and the camera of the test announces itself."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import av
import pytest

from camera.agent.settings import initial
from camera.agent.sources.live import Live, device, network
from tests.camera.agent.watching import Running, brightness, decoded, until
from tests.servers import free_port

CAMERA = """
import sys, time
from fractions import Fraction
import av
while True:
    try:
        with av.open(sys.argv[1], "w", format="rtsp", options={"rtsp_transport": "tcp"}) as container:
            stream = container.add_stream("libx264", rate=30, options={"tune": "zerolatency", "g": "10"})
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            for number in range(10_000):
                frame = av.VideoFrame(320, 240, "yuv420p")
                for plane, level in zip(frame.planes, (200, 128, 128)):
                    plane.update(bytes([level]) * plane.buffer_size)
                frame.pts, frame.time_base = number, Fraction(1, 30)
                container.mux(stream.encode(frame))
                time.sleep(1 / 30)
    except OSError:
        time.sleep(0.1)
"""


def test_network_camera_that_vanishes_shows_no_signal_and_comes_back():
    address = f"rtsp://127.0.0.1:{free_port()}/lens"
    waiting = {"rtsp_transport": "tcp", "rtsp_flags": "listen", "listen_timeout": "30"}
    with Running(Live(address, format=None, options=lambda _wanted: waiting)) as running:
        running.demand()
        until(lambda: running.chunks() and running.chunks()[-1].no_signal)
        with _camera(address):
            until(lambda: not running.chunks()[-1].no_signal)
            until(lambda: len(running.chunks()) > 10)
            seen = running.chunks()[-1]
            first = next(chunk for chunk in running.chunks() if not chunk.no_signal)
        until(lambda: running.chunks()[-1].no_signal)
        with _camera(address):
            until(lambda: not running.chunks()[-1].no_signal)

        chunks = running.chunks()
        shown = {chunk.seq: frame for chunk, frame in zip(chunks, decoded(chunks), strict=True)}
        assert (seen.width, seen.height) == (640, 480)
        assert brightness(shown[seen.seq]) > 190
        assert first.stream_epoch == seen.stream_epoch


def test_device_is_asked_for_size_and_rate():
    live = device("/dev/video7")
    settings = initial(live.capabilities)
    settings.width, settings.height, settings.fps = 1280, 720, 15

    assert live._options(settings) == {"video_size": "1280x720", "framerate": "15"}


def test_network_camera_is_asked_for_tcp():
    live = network("rtsp://camera.example/1")

    assert live._options(initial(live.capabilities)) == {"rtsp_transport": "tcp", "fflags": "nobuffer"}


def test_live_source_ends_while_it_waits_for_its_camera():
    with Running(f"rtsp://127.0.0.1:{free_port()}/lens") as running:
        running.demand()
        until(running.chunks)

    assert not running._thread.is_alive()


@pytest.fixture(autouse=True)
def _no_words_of_ffmpeg():
    level = av.logging.get_level()
    av.logging.set_level(av.logging.PANIC)
    yield
    av.logging.set_level(level)


@contextmanager
def _camera(address):
    process = subprocess.Popen([sys.executable, "-c", CAMERA, address], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
