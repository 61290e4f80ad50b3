"""Frames of bytes: as they stand on the wire, and what a server that is not Digi's own is given of them."""

import pytest

from digi.environment import Rate
from digi.realtime.limits import Bucket
from digi.realtime.outgoing import Outgoing
from digi.realtime.wire import binary_frame, content_of, text_frame


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_what_is_framed_is_found_again(length):
    assert content_of(binary_frame(b"\x81" * length)) == {"bytes": b"\x81" * length}
    assert content_of(text_frame(b"x" * length)) == {"text": "x" * length}


@pytest.mark.parametrize(("length", "head"), [(5, "8205"), (126, "827e007e"), (65_536, "827f0000000000010000")])
def test_frame_is_a_whole_unmasked_binary_one(length, head):
    assert binary_frame(b"x" * length)[: len(head) // 2] == bytes.fromhex(head)


async def test_other_servers_are_given_text_and_bytes_in_order_and_nothing_is_counted_twice():
    sent = []

    async def send(message):
        sent.append(message)

    way = Outgoing(send)
    way.put([text_frame(b"a"), binary_frame(b"b"), binary_frame(b"")])
    await way._task

    assert sent == [
        {"type": "websocket.send", "text": "a"},
        {"type": "websocket.send", "bytes": b"b"},
        {"type": "websocket.send", "bytes": b""},
    ]


def test_several_tokens_are_taken_together_or_not_at_all():
    bucket = Bucket(Rate(10, 1000))

    waits = [bucket.take(8), bucket.take(8), bucket.take(2)]

    assert (waits[0], waits[2]) == (0.0, 0.0)
    assert waits[1] == pytest.approx(600, rel=0.01)
