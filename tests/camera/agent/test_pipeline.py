import itertools
import statistics
import time

import pytest

from camera import camera_pb2 as pb
from tests.camera.agent.watching import Running, brightness, decoded, time_in, until


@pytest.fixture
def clock():
    with Running("clock") as running:
        yield running


def settle(clock: Running, **settings) -> None:
    """Have settings carried out; the demand before them is, too."""
    acks = len(clock.acks())
    clock.pipeline.order(pb.CameraSettings(**settings, revision=1))
    until(lambda: len(clock.acks()) > acks)


def test_pipeline_makes_nothing_that_nobody_wants(clock):
    time.sleep(0.3)

    assert clock.made == []


def test_pipeline_numbers_its_pictures_and_says_when_they_were_taken(clock):
    settle(clock, keyframe_interval_ms=10_000)
    clock.demand()
    until(lambda: len(clock.chunks()) >= 20)

    chunks = clock.chunks()
    pictures = decoded(chunks)
    assert [chunk.seq for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert len({chunk.stream_epoch for chunk in chunks}) == 1
    assert chunks[0].stream_epoch == pytest.approx(time.time(), abs=60)
    assert [chunk.keyframe for chunk in chunks[:20]] == [True] + [False] * 19
    assert (chunks[0].decoder, chunks[0].width, chunks[0].height) == ("avc1.42C01E", 640, 480)
    assert [time_in(picture) for picture in pictures] == [chunk.captured_at_us // 1000 % 2**32 for chunk in chunks]


def test_pipeline_makes_as_many_jpegs_as_are_wanted(clock):
    clock.demand(h264=False, jpeg_fps=10)
    until(lambda: len(clock.chunks(pb.CODEC_JPEG)) > 12)

    chunks = clock.chunks(pb.CODEC_JPEG)
    apart = [after.captured_at_us - before.captured_at_us for before, after in itertools.pairwise(chunks)]
    assert 80_000 < statistics.median(apart) < 300_000
    assert clock.chunks() == []
    assert {chunk.data[:3] for chunk in chunks} == {b"\xff\xd8\xff"}
    assert [chunk.seq for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert all(chunk.keyframe for chunk in chunks)


def test_pipeline_begins_with_a_keyframe_after_a_pause(clock):
    clock.demand()
    until(lambda: len(clock.chunks()) > 5)
    clock.demand(h264=False)
    settle(clock, keyframe_interval_ms=10_000)
    before = len(clock.chunks())
    clock.demand()
    until(lambda: len(clock.chunks()) > before + 3)

    assert [chunk.keyframe for chunk in clock.chunks()[before : before + 3]] == [True, False, False]
    assert clock.chunks()[before].seq == before + 1


def test_pipeline_makes_a_keyframe_at_once_when_asked_to_even_if_pictures_are_rare(clock):
    settle(clock, fps=1, keyframe_interval_ms=10_000)
    clock.demand()
    until(clock.chunks)

    waits = [_wait_for_keyframe(clock) for _ in range(3)]

    assert min(waits) < 0.5, waits


def _wait_for_keyframe(clock: Running) -> float:
    """Seconds until a keyframe comes that is asked for shortly after the one before."""
    time.sleep(0.1)
    before, asked = sum(chunk.keyframe for chunk in clock.chunks()), time.monotonic()
    clock.pipeline.want_keyframe()
    until(lambda: sum(chunk.keyframe for chunk in clock.chunks()) > before)
    return time.monotonic() - asked


def test_pipeline_makes_keyframes_in_the_wanted_interval(clock):
    clock.pipeline.order(pb.CameraSettings(keyframe_interval_ms=300, revision=1))
    clock.demand()
    until(lambda: sum(chunk.keyframe for chunk in clock.chunks()) > 4)

    keys = [chunk.captured_at_us for chunk in clock.chunks() if chunk.keyframe]
    apart = [(after - before) / 1e6 for before, after in itertools.pairwise(keys[1:])]
    assert min(apart) >= 0.3
    assert sorted(apart)[len(apart) // 2] < 1  # by itself after two


def test_change_is_seen_in_the_chunk_that_the_ack_names_and_not_before(clock):
    clock.demand()
    until(lambda: len(clock.chunks()) > 5)
    clock.pipeline.order(pb.CameraSettings(brightness=80, contrast=0.1, revision=9))
    until(clock.acks)
    until(lambda: clock.chunks()[-1].seq > clock.acks()[0].first_frame_seq + 3)

    (ack,), chunks = clock.acks(), clock.chunks()
    means = {chunk.seq: brightness(frame) for chunk, frame in zip(chunks, decoded(chunks), strict=True)}
    assert (ack.revision, ack.stream_epoch) == (9, chunks[0].stream_epoch)
    assert all(mean < 160 for seq, mean in means.items() if seq < ack.first_frame_seq)
    assert all(mean > 190 for seq, mean in means.items() if seq >= ack.first_frame_seq)
    kinds = [one.WhichOneof("body") for one in clock.made]
    assert kinds.index("settings_ack") == ack.first_frame_seq - 1


def test_another_size_begins_another_epoch(clock):
    clock.demand(jpeg_fps=5)
    until(clock.chunks)
    clock.pipeline.order(pb.CameraSettings(width=320, height=240, revision=2))
    clock.pipeline.order(pb.CameraSettings(rotation=90, revision=3))
    until(lambda: len(clock.acks()) == 2)
    until(lambda: clock.chunks()[-1].stream_epoch == clock.acks()[1].stream_epoch)
    until(lambda: clock.chunks(pb.CODEC_JPEG)[-1].stream_epoch == clock.acks()[1].stream_epoch)

    first, last = clock.chunks()[0], clock.acks()[1]
    begun = next(chunk for chunk in clock.chunks() if chunk.stream_epoch == last.stream_epoch)
    assert last.stream_epoch > first.stream_epoch
    assert (begun.seq, begun.keyframe, begun.width, begun.height) == (1, True, 240, 320)
    assert (last.first_frame_seq, last.applied.width, last.applied.height) == (1, 320, 240)
    assert {(frame.width, frame.height) for frame in decoded([begun])} == {(240, 320)}
    assert clock.chunks(pb.CODEC_JPEG)[-1].width == 240


def test_another_frame_rate_and_bitrate_keep_the_epoch(clock):
    clock.demand()
    until(clock.chunks)
    clock.pipeline.order(pb.CameraSettings(fps=10, bitrate_bps=200_000, revision=2))
    until(clock.acks)
    until(lambda: clock.chunks()[-1].seq > clock.acks()[0].first_frame_seq + 15)

    chunks, (ack,) = clock.chunks(), clock.acks()
    slow = [chunk.captured_at_us for chunk in chunks if chunk.seq >= ack.first_frame_seq]
    assert len({chunk.stream_epoch for chunk in chunks}) == 1
    assert (slow[-1] - slow[0]) / (len(slow) - 1) > 80_000
    assert len(decoded(chunks)) == len(chunks)


def test_settings_are_answered_while_nobody_watches(clock):
    clock.pipeline.order(pb.CameraSettings(width=1280, height=720, revision=4))
    until(clock.acks)
    clock.demand()
    until(clock.chunks)

    (ack,), chunk = clock.acks(), clock.chunks()[0]
    assert (ack.stream_epoch, ack.first_frame_seq) == (chunk.stream_epoch, chunk.seq)
    assert (chunk.width, chunk.height) == (1280, 720)


def test_clock_keeps_its_time_in_the_picture(clock):
    clock.pipeline.order(pb.CameraSettings(overlay_clock=False, revision=4))
    until(clock.acks)

    (ack,) = clock.acks()
    assert ack.applied.overlay_clock
    assert ack.fields["overlay_clock"].outcome == pb.OUTCOME_REJECTED
