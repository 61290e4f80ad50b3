import itertools
from fractions import Fraction

import av
import pytest

from camera.agent import barcode
from camera.agent.capabilities import common
from camera.agent.filters import Filters, picture_size
from camera.agent.settings import initial
from tests.camera.agent.watching import brightness, luma, time_in


def test_filters_leave_a_neutral_picture_alone():
    picture = _ramp()

    done = _through(picture)

    assert [bytes(plane) for plane in done.planes] == [bytes(plane) for plane in picture.planes]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"contrast": 0}, {125}),
        ({"contrast": 0, "brightness": 50}, {180}),
        ({"brightness": 100}, set(range(125, 236))),
        ({"brightness": -100}, set(range(16, 127))),
    ],
)
def test_filters_correct_brightness_and_contrast_within_video_levels(settings, expected):
    done = _through(_ramp(), **settings)

    assert set(luma(done, 100)) <= expected


def test_filters_spread_by_contrast():
    done = luma(_through(_ramp(), contrast=2), 100)

    assert (done[0], done[-1]) == (16, 235)
    assert abs(done[320] - 125) < 4
    assert done[400] - done[320] == pytest.approx(2 * (luma(_ramp(), 100)[400] - luma(_ramp(), 100)[320]), abs=3)


def test_filters_take_colour_away():
    coloured = _coloured()

    done = _through(coloured, saturation=0)

    assert set(bytes(coloured.planes[1])) != {128}
    assert set(bytes(done.planes[1])) <= {127, 128, 129}


def test_filters_sharpen_edges():
    done = luma(_through(_coloured(), sharpness=1), 240)

    def steps(row):
        return sum(abs(a - b) for a, b in itertools.pairwise(row))

    assert steps(done) > 1.1 * steps(luma(_coloured(), 240))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_filters_turn_the_picture(rotation):
    ramp = _ramp()  # dark on the left

    done = _through(ramp, rotation=rotation)

    corners = {0: (0, 0), 90: (0, 0), 180: (-1, -1), 270: (-1, -1)}[rotation]
    rows = [luma(done, y) for y in range(done.height)]
    dark, bright = rows[corners[0]][corners[1]], rows[-1 - corners[0]][-1 - corners[1]]
    assert (done.width, done.height) == ((640, 480) if rotation % 180 == 0 else (480, 640))
    assert dark < 30 < 200 < bright
    assert (rows[0][0] == rows[0][-1]) == (rotation % 180 == 90)


@pytest.mark.parametrize(("flip", "changes"), [("flip_horizontal", True), ("flip_vertical", False)])
def test_filters_flip(flip, changes):
    ramp = _ramp()

    done = _through(ramp, **{flip: True})

    assert (luma(done, 10) == luma(ramp, 10)[::-1]) == changes
    assert (luma(done, 10) == luma(ramp, 10)) != changes


def test_filters_scale_without_stretching():
    wide = av.VideoFrame(320, 120, "yuv420p")
    for plane in wide.planes:
        plane.update(bytes([200]) * plane.buffer_size)
    wide.time_base = Fraction(1, 30)

    done = _through(wide)

    assert (done.width, done.height) == (640, 480)
    assert max(luma(done, 50)) < 40
    assert min(luma(done, 240)) > 190


def test_filters_write_the_time_into_a_copy():
    ramp = _ramp()
    before = bytes(ramp.planes[0])
    keeper = ramp.reformat()  # as a decoder keeps what later pictures refer to

    done = Filters().apply(ramp, _settings(overlay_clock=True), captured_at_us=5_000_000)

    assert time_in(done) == 5000
    assert bytes(keeper.planes[0]) == before
    assert brightness(done) == pytest.approx(brightness(keeper), abs=1)
    assert barcode.read(luma(keeper, 8)) is None


def test_picture_size_changes_over_with_a_quarter_turn():
    assert picture_size(_settings(rotation=90)) == (480, 640)
    assert picture_size(_settings(rotation=180)) == (640, 480)


def _settings(**changes):
    settings = initial(common("test"))
    for name, value in changes.items():
        setattr(settings, name, value)
    return settings


def _through(frame, **changes):
    return Filters().apply(frame, _settings(**changes), captured_at_us=0)


def _ramp():
    return _made("color=s=640x480,geq=lum='16+219*X/(W-1)':cb=128:cr=128")


def _coloured():
    return _made("testsrc2=s=640x480")


def _made(graph):
    with av.open(f"{graph},format=yuv420p", format="lavfi") as container:
        return next(container.decode(video=0))
