import itertools
import os
import shutil
import time
from fractions import Fraction

import av
import pytest

from camera import camera_pb2 as pb
from camera.agent.sources import Away, opened
from tests.camera.agent.watching import Running, brightness, decoded, until


@pytest.mark.parametrize(
    "name", ["", "clocks", "file:", "lavfi:", "v4l2:", "rtsp:", "http://camera/", "picamera2:0x", "/dev/video0"]
)
def test_source_of_no_kind_is_refused(name):
    with pytest.raises(ValueError, match=r"is no source|not installed"):
        opened(name)


def test_pi_camera_without_its_library_says_how_to_get_it():
    with pytest.raises(ValueError, match="apt install python3-picamera2"):
        opened("picamera2")


@pytest.mark.parametrize("name", ["rtsp://user:secret@127.0.0.1:9/stream", "v4l2:/dev/nowhere"])
def test_source_that_is_not_there_shows_no_signal(name):
    with Running(name) as running:
        running.demand()
        until(lambda: len(running.chunks()) >= 3)

        chunk = running.chunks()[0]
        assert chunk.no_signal
        assert (chunk.width, chunk.height) == (640, 480)
        assert 32 <= brightness(decoded([chunk])[0]) < 80
        assert running.pipeline.figures.no_signal


def test_address_of_a_network_camera_is_told_without_its_password():
    source = opened("rtsp://user:secret@127.0.0.1:9/stream")

    assert source.capabilities.model == "127.0.0.1:9/stream"


def test_file_is_played_again_and_again(tmp_path):
    with Running(f"file:{_film(tmp_path / 'half.mp4', seconds=0.5)}") as running:
        running.demand()
        until(lambda: len(running.chunks()) >= 40)

        means = [round(brightness(frame)) for frame in decoded(running.chunks())]
        falls = sum(after < before - 20 for before, after in itertools.pairwise(means))
        assert falls >= 2
        assert not any(chunk.no_signal for chunk in running.chunks())


def test_file_plays_at_its_own_speed(tmp_path):
    source = opened(f"file:{_film(tmp_path / 'two.mp4', seconds=2)}")
    began, first = time.monotonic(), source.picture().time

    until(lambda: source.picture().time >= first + 0.5)
    before, taken, after = time.monotonic(), source.picture().time - first, time.monotonic()

    assert 0.7 * (before - began) < taken < after - began + 0.1
    source.close()


def test_file_that_vanishes_shows_no_signal_and_comes_back(tmp_path):
    path = _film(tmp_path / "film.mp4", seconds=0.3)
    with Running(f"file:{path}") as running:
        running.demand()
        until(lambda: running.chunks() and not running.chunks()[-1].no_signal)
        os.rename(path, tmp_path / "away.mp4")
        until(lambda: running.chunks()[-1].no_signal)
        shutil.copy(tmp_path / "away.mp4", path)
        until(lambda: not running.chunks()[-1].no_signal)

        chunks = running.chunks()
        assert len(decoded(chunks)) == len(chunks)


@pytest.mark.parametrize("content", [b"", b"not a film" * 1000])
def test_file_of_something_else_is_away(tmp_path, content):
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    source = opened(f"file:{path}")

    with pytest.raises(Away, match="cannot be opened"):
        source.picture()
    with pytest.raises(Away, match="cannot be opened"):
        source.picture()


def test_graph_is_drawn_and_scaled():
    with Running("lavfi:color=c=white:s=320x240:r=15") as running:
        running.demand()
        until(running.chunks)

        (frame,) = decoded(running.chunks()[:1])
        assert (frame.width, frame.height) == (640, 480)
        assert brightness(frame) > 225


def test_graph_that_ends_shows_no_signal_and_begins_again():
    with Running("lavfi:color=c=white:d=0.4") as running:
        running.demand()
        until(lambda: any(chunk.no_signal for chunk in running.chunks()))
        until(lambda: not running.chunks()[-1].no_signal)


def test_wrong_graph_is_away():
    with pytest.raises(Away, match="cannot be opened"):
        opened("lavfi:nofilter=1").picture()


def test_every_source_says_what_it_can():
    for name in ("clock", "file:x", "lavfi:x", "v4l2:/dev/video0", "rtsp://x/"):
        able = opened(name).capabilities

        assert {"brightness", "contrast", "saturation", "bitrate_bps", "fps", "keyframe_interval_ms"} <= set(
            able.ranges
        )
        assert all(span.min <= span.default <= span.max and span.effect for span in able.ranges.values())
        assert able.modes[0] == pb.Mode(width=640, height=480, max_fps=60)
        assert ("overlay_clock" in able.switches) == (name != "clock")


def _film(path, *, seconds):
    """Gets brighter from black to white."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        count = int(seconds * 30)
        for number in range(count):
            frame = av.VideoFrame(320, 240, "yuv420p")
            for plane, level in zip(frame.planes, (16 + 200 * number // count, 128, 128), strict=True):
                plane.update(bytes([level]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
