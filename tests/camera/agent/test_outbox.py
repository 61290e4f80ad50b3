import asyncio

import pytest

from camera import camera_pb2 as pb
from camera.agent.outbox import BYTES, PICTURES, WORDS, Outbox
from tests.camera.agent.watching import PATIENCE


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def outbox(asked) -> Outbox:
    return Outbox(lambda: asked.append("keyframe"))


async def test_outbox_gives_in_order_and_waits(outbox):
    outbox.put(_chunk(1, keyframe=True))
    outbox.put(pb.Envelope(stats=pb.Stats(fps=30)))
    outbox.put(_chunk(2))

    taken = [await _taken(outbox) for _ in range(3)]
    waiting = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    waited = not waiting.done()
    outbox.put(_chunk(3))

    assert [envelope.video_chunk.seq for envelope in taken] == [1, 0, 2]
    assert waited
    assert pb.Envelope.FromString(await waiting).video_chunk.seq == 3


async def test_outbox_that_is_full_begins_anew_with_a_keyframe(outbox, asked):
    outbox.put(_chunk(1, keyframe=True))
    for seq in range(2, PICTURES + 6):
        outbox.put(_chunk(seq))
    outbox.put(pb.Envelope(stats=pb.Stats(fps=30)))
    outbox.put(_chunk(40, keyframe=True))
    outbox.put(_chunk(41))

    taken = [await _taken(outbox) for _ in range(3)]

    assert [envelope.video_chunk.seq for envelope in taken] == [0, 40, 41]
    assert asked == ["keyframe"]
    assert outbox.dropped == PICTURES + 5


async def test_outbox_holds_no_more_bytes_than_its_limit(outbox, asked):
    for seq in range(1, 200):
        outbox.put(_chunk(seq, keyframe=seq % 50 == 1, size=200_000))
        outbox.put(_chunk(seq, codec=pb.CODEC_JPEG, size=100_000))

        assert outbox._bytes < BYTES + 300_000

    assert asked


async def test_outbox_keeps_the_newest_jpeg_alone(outbox):
    for seq in range(1, 5):
        outbox.put(_chunk(seq, codec=pb.CODEC_JPEG))
    outbox.put(_chunk(1, keyframe=True))

    taken = [await _taken(outbox) for _ in range(2)]

    assert [(envelope.video_chunk.codec, envelope.video_chunk.seq) for envelope in taken] == [
        (pb.CODEC_JPEG, 4),
        (pb.CODEC_H264, 1),
    ]
    assert outbox.dropped == 0


async def test_outbox_bounds_words_too(outbox):
    for number in range(WORDS * 2):
        outbox.put(pb.Envelope(id=number, stats=pb.Stats()))

    assert len(outbox._queue) == WORDS


async def _taken(outbox):
    return pb.Envelope.FromString(await asyncio.wait_for(outbox.next(), PATIENCE))


def _chunk(seq, *, keyframe=False, codec=pb.CODEC_H264, size=1000):
    chunk = pb.VideoChunk(seq=seq, keyframe=keyframe, codec=codec, data=bytes(size))
    return pb.Envelope(video_chunk=chunk)
