"""A look at the head of a picture: what it finds is what the schema says, and nothing else passes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera import camera_pb2 as pb
from camera.chunks import Malformed, peek
from camera.order import GOP, Order, Recent
from digi.errors import Invalid
from tests.camera.sockets import chunk

PICTURES = st.builds(
    pb.VideoChunk,
    stream_epoch=st.integers(0, 2**32 - 1),
    seq=st.integers(0, 2**64 - 1),
    codec=st.sampled_from([0, 1, 2]),
    keyframe=st.booleans(),
    captured_at_us=st.integers(0, 2**63 - 1),
    width=st.integers(0, 4096),
    height=st.integers(0, 4096),
    data=st.binary(min_size=1, max_size=300),
    decoder=st.sampled_from(["", "avc1.42E01F"]),
    no_signal=st.booleans(),
)


@given(PICTURES)
def test_peek_sees_what_the_schema_sees_and_keeps_the_bytes(picture):
    data = pb.Envelope(video_chunk=picture).SerializeToString()

    found = peek(data)

    assert (found.epoch, found.seq, found.codec, found.keyframe) == (
        picture.stream_epoch,
        picture.seq,
        picture.codec,
        picture.keyframe,
    )
    assert (found.picture(), found.envelope()) == (picture.data, data)


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b"\x42" + tail))
def test_bytes_of_any_kind_are_a_picture_malformed_or_something_else(data):
    try:
        found = peek(data)
    except Malformed:
        return

    assert found is None or pb.Envelope.FromString(data).HasField("video_chunk")


@given(PICTURES, st.data())
def test_picture_that_was_cut_or_altered_does_no_harm(picture, data):
    whole = pb.Envelope(video_chunk=picture).SerializeToString()
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + data.draw(st.sampled_from([b"", b"\xff", b"\x00"])) + whole[at + 1 :]

    with suppress(Malformed):
        peek(broken)


@pytest.mark.parametrize(
    "envelope",
    [
        pb.Envelope(id=1, video_chunk=pb.VideoChunk(data=b"x")),
        pb.Envelope(hello=pb.Hello()),
        pb.Envelope(error=pb.Error(code="conflict")),
    ],
)
def test_envelope_that_holds_more_or_other_than_a_picture_is_parsed(envelope):
    assert peek(envelope.SerializeToString()) is None


def test_picture_with_something_smuggled_behind_it_is_none():
    smuggled = chunk(1).SerializeToString() + pb.Envelope(error=pb.Error(code="x")).SerializeToString()

    assert peek(smuggled) is None


def head(seq: int, **options):
    return peek(chunk(seq, **options).SerializeToString())


def test_numbers_grow_within_codec_and_epoch():
    order = Order()
    jpeg = pb.CODEC_JPEG
    for one in (head(1), head(2), head(1, codec=jpeg), head(5), head(0, epoch=2), head(2, codec=jpeg)):
        order.check(one)

    for one, code in (
        (head(6), "stale_epoch"),
        (head(0, epoch=2), "out_of_order"),
        (head(2, codec=jpeg), "out_of_order"),
    ):
        with pytest.raises(Invalid) as refused:
            order.check(one)
        assert refused.value.code == code


def test_who_joins_is_shown_what_came_since_a_keyframe_that_is_not_long_ago():
    recent = Recent()
    kept = [head(seq, keyframe=seq == 0) for seq in range(GOP + 1)]
    for one in kept[:3]:
        recent.take(one)
    soon = recent.beginning(pb.CODEC_H264)
    for one in kept[3:]:
        recent.take(one)

    assert soon == kept[:3]
    assert recent.beginning(pb.CODEC_H264) == []


def test_gap_is_seen_and_nothing_after_it_is_kept_before_the_next_keyframe():
    recent = Recent()

    follows = [recent.take(head(seq, keyframe=seq in (0, 5))) for seq in (0, 1, 3, 4, 5, 6)]

    assert follows == [True, True, False, True, True, True]
    assert [one.seq for one in recent.beginning(pb.CODEC_H264)] == [5, 6]


def test_gap_leaves_nothing_to_begin_with():
    recent = Recent()

    for seq in (0, 1, 3, 4):
        recent.take(head(seq, keyframe=seq == 0))

    assert recent.beginning(pb.CODEC_H264) == []
