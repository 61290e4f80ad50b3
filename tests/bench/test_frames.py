"""The load generator's frames against an independent implementation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from bench.frames import PING, TEXT, masked, split


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65535, 65536, 100_000])
def test_masked_frame_reads_as_it_was_meant(length):
    server = ServerProtocol(state=OPEN, max_size=None)

    server.receive_data(masked(b"x" * length))
    server.receive_data(masked(b"", PING))

    text, ping = server.events_received()
    assert (text.opcode, text.data) == (Opcode.TEXT, b"x" * length)
    assert ping.opcode == Opcode.PING


@given(
    st.lists(st.binary(max_size=300) | st.just(b"y" * 70_000), max_size=4), st.lists(st.integers(1, 9000), max_size=40)
)
def test_split_gives_every_frame_however_the_bytes_arrive(payloads, cuts):
    stream = b"".join(Frame(Opcode.TEXT, one).serialize(mask=False) for one in payloads)
    found, rest = [], b""

    for size in [*cuts, len(stream)]:
        piece, stream = stream[:size], stream[size:]
        frames, rest = split(rest + piece)
        found += frames

    assert found == [(TEXT, one) for one in payloads]
    assert rest == b""
