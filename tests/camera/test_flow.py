"""Credit: what one viewer is sent, however slow it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera import camera_pb2 as pb
from camera.chunks import peek
from camera.flow import CREDIT, QUEUE, QUEUE_BYTES, Flow
from digi.errors import Invalid
from tests.camera.sockets import chunk


def picture(seq: int, *, keyframe: bool = False, size: int = 100):
    return peek(chunk(seq, keyframe=keyframe, size=size).SerializeToString())


def sent(frames: list[bytes]) -> list:
    """Numbers of pictures, and `-n` for a word of n that were dropped."""
    found = []
    for frame in frames:
        start = {126: 4, 127: 10}.get(frame[1], 2)
        envelope = pb.Envelope.FromString(frame[start:])
        found.append(envelope.video_chunk.seq if envelope.HasField("video_chunk") else -envelope.dropped.dropped_before)
    return found


@pytest.fixture
def out() -> list[bytes]:
    return []


@pytest.fixture
def flow(out) -> Flow:
    return Flow(out.append)


def test_first_picture_is_a_keyframe_and_nothing_before_it_counts_as_dropped(flow, out):
    for seq in range(3):
        flow.offer(picture(seq))
    flow.offer(picture(3, keyframe=True))
    flow.offer(picture(4))

    assert (sent(out), flow.total) == ([3, 4], 0)


def test_no_more_than_the_credit_is_on_its_way(flow, out):
    flow.offer(picture(0, keyframe=True))
    for seq in range(1, 10):
        flow.offer(picture(seq))
    before = len(out)
    flow.acknowledge(3, rtt_ms=0, paused=False, fps=30)

    assert before == CREDIT
    assert sent(out) == list(range(CREDIT + 3))


def test_credit_follows_the_shortest_round_trip(flow):
    flow.acknowledge(0, rtt_ms=10, paused=False, fps=30)
    near = flow.credit
    flow.acknowledge(0, rtt_ms=5000, paused=False, fps=30)
    crowded = flow.credit
    far = Flow(lambda _frame: None)
    far.acknowledge(0, rtt_ms=300, paused=False, fps=30)

    assert (near, crowded, far.credit) == (4, 4, 14)


def test_full_queue_is_emptied_and_goes_on_with_a_keyframe(flow, out):
    flow.offer(picture(0, keyframe=True))
    for seq in range(1, CREDIT + QUEUE + 5):
        flow.offer(picture(seq))
    flow.acknowledge(CREDIT, rtt_ms=0, paused=False, fps=30)
    thirsty = flow.is_thirsty
    flow.offer(picture(100, keyframe=True))
    flow.offer(picture(101))

    assert thirsty
    assert sent(out) == [0, 1, 2, 3, -(QUEUE + 5), 100, 101]


def test_large_pictures_do_not_wait_in_thirties(flow):
    flow.offer(picture(0, keyframe=True))
    for seq in range(1, 12):
        flow.offer(picture(seq, size=QUEUE_BYTES // 4))

    assert flow._bytes <= QUEUE_BYTES
    assert flow.total > 0


def test_paused_viewer_gets_nothing_and_comes_back_with_a_keyframe(flow, out):
    flow.offer(picture(0, keyframe=True))
    flow.acknowledge(1, rtt_ms=0, paused=True, fps=30)
    flow.offer(picture(1, keyframe=True))
    flow.acknowledge(1, rtt_ms=0, paused=False, fps=30)
    flow.offer(picture(2))
    flow.offer(picture(3, keyframe=True))

    assert sent(out) == [0, -1, 3]  # the second picture came after the pause, and could not be decoded


@pytest.mark.parametrize("received", [2, 2**63])
def test_more_than_was_sent_cannot_be_acknowledged(flow, received):
    flow.offer(picture(0, keyframe=True))

    with pytest.raises(Invalid):
        flow.acknowledge(received, rtt_ms=0, paused=False, fps=30)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.booleans()), max_size=300))
def test_pictures_come_in_order_and_are_decodable_however_they_are_taken(steps):
    out: list[bytes] = []
    flow = Flow(out.append)
    keyframes = set()
    for seq, (keyframe, taken, paused) in enumerate(steps):
        if keyframe:
            keyframes.add(seq)
        flow.offer(picture(seq, keyframe=keyframe))
        flow.acknowledge(min(flow.sent, flow.received + taken), rtt_ms=0, paused=paused and seq % 7 == 0, fps=30)
        assert flow.in_flight <= CREDIT
        assert len(flow._queue) <= QUEUE

    shown = [seq for seq in sent(out) if seq >= 0]
    assert shown == sorted(set(shown))
    for before, seq in zip([None, *shown], shown, strict=False):
        assert seq in keyframes or before == seq - 1
