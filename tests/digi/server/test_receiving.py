"""The receive path's short cut against autobahn's way: the same messages and the same refusals for any split."""

import asyncio
import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digi.server.receiving import whole_texts
from tests.digi.server.doors import Door

LIMIT = 70_000
TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10


def frame(
    opcode: int, payload: bytes, *, mask: bytes | None = b"\x01\x02\x03\x04", first: int = 0x80, size=None
) -> bytes:
    """A client's frame; `first` are its flags, `size` how many bytes its length takes, where not the fewest."""
    length = len(payload)
    size = size or (1 if length < 126 else 2 if length < 65_536 else 8)
    short = {1: length, 2: 126, 8: 127}[size]
    head = bytes((first | opcode, short | (0x80 if mask else 0)))
    head += {1: b"", 2: struct.pack("!H", length & 0xFFFF), 8: struct.pack("!Q", length)}[size]
    if mask is None:
        return head + payload
    key = (mask * (length // 4 + 1))[:length]
    return head + mask + bytes(a ^ b for a, b in zip(payload, key, strict=True))


masks = st.binary(min_size=4, max_size=4)
words = st.text(max_size=200).map(str.encode)
lengths = st.sampled_from((0, 1, 124, 125, 126, 127, 128, 1000, 65_535, 65_536, LIMIT, LIMIT + 1))
texts = st.builds(frame, st.just(TEXT), words | lengths.map(lambda length: b"x" * length), mask=masks)
broken_texts = st.builds(frame, st.just(TEXT), st.binary(min_size=1, max_size=60), mask=masks)
fragments = st.lists(words, min_size=2, max_size=4).map(
    lambda parts: b"".join(
        frame(CONTINUATION if at else TEXT, part, first=0x80 if at == len(parts) - 1 else 0)
        for at, part in enumerate(parts)
    )
)
others = st.builds(frame, st.sampled_from((BINARY, PING, PONG)), st.binary(max_size=100), mask=masks)
refused = st.one_of(
    st.builds(frame, st.sampled_from((3, 7, 11, 15, CONTINUATION)), words, mask=masks),  # reserved, or out of place
    st.builds(frame, st.just(TEXT), words, mask=st.none()),
    st.builds(frame, st.just(TEXT), words, mask=masks, first=st.sampled_from((0x90, 0xC0, 0xF0))),
    st.builds(
        frame, st.just(TEXT), words.filter(lambda word: len(word) < 126), mask=masks, size=st.sampled_from((2, 8))
    ),
    st.builds(frame, st.just(TEXT), words, mask=masks, first=st.just(0)),  # a message that what follows does not end
    st.builds(frame, st.just(CLOSE), st.just(struct.pack("!H", 1000) + b"bye"), mask=masks),
)
streams = st.lists(st.one_of(texts, texts, texts, broken_texts, fragments, others, refused), min_size=1, max_size=8)


@given(stream=streams, cuts=st.lists(st.floats(0, 1), max_size=6))
@settings(max_examples=400, deadline=None)
def test_any_bytes_in_any_split_are_heard_and_refused_alike(stream, cuts):
    data = b"".join(stream)
    at = [0, *sorted(int(cut * len(data)) for cut in cuts), len(data)]
    parts = [data[start:end] for start, end in pairwise(at) if end > start]

    short, ordinary = asyncio.run(_both(parts))

    assert short.heard == ordinary.heard
    assert short.said == ordinary.said
    assert short.transport.disconnecting == ordinary.transport.disconnecting


async def _both(parts: list[bytes]) -> tuple[Door, Door]:
    short, ordinary = await Door(listens=True, limit=LIMIT).open(), await Door(listens=False, limit=LIMIT).open()
    await short.receive(*parts)
    await ordinary.receive(*parts)
    return short, ordinary


def test_whole_texts_are_read_at_once():
    data = frame(TEXT, "grüße".encode()) + frame(TEXT, b"x" * 300) + frame(TEXT, b"half")[:-1]

    texts, taken = whole_texts(data, 1000)

    assert texts == ["grüße", "x" * 300]
    assert taken == len(data) - len(frame(TEXT, b"half")) + 1


@pytest.mark.parametrize(
    "odd",
    [
        frame(PING, b""),
        frame(BINARY, b"x"),
        frame(TEXT, b"x", first=0),
        frame(TEXT, b"x", mask=None),
        frame(TEXT, b"x", size=2),
        frame(TEXT, b"\xff"),
        frame(TEXT, b"x" * 1001),
    ],
    ids=["ping", "binary", "fragment", "unmasked", "long form", "not UTF-8", "too large"],
)
def test_whole_texts_stop_at_anything_else(odd):
    texts, taken = whole_texts(frame(TEXT, b"first") + odd + frame(TEXT, b"last"), 1000)

    assert (texts, taken) == (["first"], len(frame(TEXT, b"first")))


async def test_rest_of_a_frame_is_not_taken_for_a_frame():
    whole = frame(TEXT, b"x", mask=b"\x80\x00\x00\x00")  # its second half reads as an empty text
    door = await Door(listens=True).open()

    await door.receive(whole[:1], whole[1:])

    assert door.heard == ["x"]


async def test_text_in_the_middle_of_another_is_refused():
    short, ordinary = await _both([frame(TEXT, b"begun", first=0), frame(TEXT, b"another")])

    assert short.heard == ordinary.heard == []
    assert short.transport.disconnecting
    assert ordinary.transport.disconnecting


async def test_what_waited_in_the_queue_is_heard_first():
    door = Door(listens=False)
    await door.open()
    door.socket.application_queue.put_nowait({"type": "websocket.receive", "text": "one"})
    door.socket.application_queue.put_nowait({"type": "websocket.receive", "bytes": b"other"})
    heard = []

    door.socket.listen(heard.append)
    await door.receive(frame(TEXT, b"two"))

    assert heard == ["one", b"other", "two"]
    assert door.heard == []


async def test_error_of_the_listener_closes_with_1011():
    door = await Door(listens=True).open()
    door.socket.heard = lambda text: 1 / 0

    await door.receive(frame(TEXT, b"x"))

    assert door.said == b"\x88\x02" + struct.pack("!H", 1011)
