"""Real encodes of the clock's pictures; rates by the pictures' own times, so that a busy machine changes nothing."""

import av
import pytest

from camera.agent.capabilities import common
from camera.agent.h264 import H264, decoder_of
from camera.agent.settings import initial
from camera.agent.sources.clock import Clock

SPS, PPS, IDR, SLICE = 7, 8, 5, 1


def test_keyframes_begin_with_their_parameters_and_nothing_else_does():
    units = _encoded(30, keyframes={0, 20})

    kinds = [_kinds(data) for data, _ in units]
    assert [number for number, (_, is_key) in enumerate(units) if is_key] == [0, 20]
    assert {tuple(kind for kind in found if kind in (SPS, PPS, IDR, SLICE))[:3] for found in kinds} == {
        (SPS, PPS, IDR),
        (SLICE,),
    }
    assert kinds[20][:2] == [SPS, PPS]


def test_every_access_unit_gives_its_picture_at_once():
    units = _encoded(20, keyframes={0})
    decoder = av.CodecContext.create("h264", "r")

    pictures = [decoder.decode(av.Packet(data)) for data, _ in units]

    assert [len(found) for found in pictures] == [1] * 20
    assert {found[0].pict_type for found in pictures} == {av.video.frame.PictureType.I, av.video.frame.PictureType.P}


def test_decoder_names_profile_and_level():
    (data, _), *_ = _encoded(1, keyframes={0})

    assert decoder_of(data) == "avc1.42C01E"


def test_decoder_of_something_else_is_an_error():
    with pytest.raises(ValueError, match="without SPS"):
        decoder_of(b"\x00\x00\x00\x01\x65")


def test_bitrate_follows_up_and_down_within_two_seconds():
    measured = {}
    clock, encoder = _clock(640, 480), H264(width=640, height=480, fps=30, bitrate=1_500_000)
    number = 0

    for wanted in (1_500_000, 400_000, 3_000_000, 800_000):
        encoder.bitrate = wanted
        sizes = []
        for _ in range(75):
            data, _ = encoder.encode(clock.picture(), at_us=number * 33_333, keyframe=number % 60 == 0)
            sizes.append(len(data) * 8)
            number += 1
        measured[wanted] = sum(sizes[45:]) / 1  # the second from 1.5 s after the change on

    assert {wanted: rate == pytest.approx(wanted, rel=0.15) for wanted, rate in measured.items()} == dict.fromkeys(
        measured, True
    ), measured


def _encoded(count, *, keyframes):
    clock, encoder = _clock(640, 480), H264(width=640, height=480, fps=30, bitrate=1_500_000)
    return [
        encoder.encode(clock.picture(), at_us=number * 33_333, keyframe=number in keyframes) for number in range(count)
    ]


def _clock(width, height):
    clock, settings = Clock(), initial(common("test"))
    settings.width, settings.height = width, height
    clock.adjust(settings)
    return clock


def _kinds(data):
    """The NAL units' types."""
    return [data[at + 3] & 31 for at in range(len(data) - 3) if data[at : at + 3] == b"\x00\x00\x01"]
