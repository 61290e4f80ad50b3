import av
import pytest

from camera.agent import barcode
from camera.agent.h264 import H264
from tests.camera.agent.watching import luma, time_in

MOMENT = 1_700_000_000_123


@pytest.mark.parametrize("width", [160, 320, 640, 642, 1280, 1920])
def test_barcode_says_the_time(width):
    frame = av.VideoFrame(width, 240, "yuv420p")

    barcode.draw(frame, MOMENT * 1000 + 999)

    assert time_in(frame) == MOMENT % 2**32


def test_barcode_is_that_of_the_protocol():
    row = barcode.row(MOMENT, 48)

    assert "".join("1" if pixel == 235 else "0" for pixel in row) == "101011001111111001010110100001111011010011010101"


def test_barcode_is_grey_in_a_coloured_picture():
    frame = _noisy(320, 240)

    barcode.draw(frame, MOMENT * 1000)

    assert set(bytes(frame.planes[1])[:160]) == {128}
    assert luma(frame, 15) == barcode.row(MOMENT, 320)
    assert set(luma(frame, 16)) - {16, 235}


def test_barcode_survives_the_lowest_bitrate():
    encoder = H264(width=640, height=480, fps=30, bitrate=100_000)
    decoder = av.CodecContext.create("h264", "r")
    read = []

    for number in range(45):
        frame = _noisy(640, 480)
        barcode.draw(frame, number * 33_000)
        data, _ = encoder.encode(frame, at_us=number * 33_000, keyframe=not number)
        read += [time_in(picture) for picture in decoder.decode(av.Packet(data))]

    assert read == [number * 33 for number in range(45)]


@pytest.mark.parametrize("row", [bytes(640), bytes([128]) * 640, bytes(range(160)) * 4, barcode.row(MOMENT, 640)[::-1]])
def test_barcode_is_not_read_where_there_is_none(row):
    assert barcode.read(row) is None


def test_barcode_with_one_wrong_module_is_not_read():
    row = bytearray(barcode.row(MOMENT, 480))
    row[200:210] = bytes(16 + 235 - pixel for pixel in row[200:210])

    assert barcode.read(bytes(row)) is None


def _noisy(width, height):
    graph = av.filter.Graph()
    source, noise = graph.add("testsrc2", f"size={width}x{height}"), graph.add("noise", "alls=40:allf=t")
    graph.link_nodes(source, noise, graph.add("format", "pix_fmts=yuv420p"), graph.add("buffersink")).configure()
    return graph.pull()
