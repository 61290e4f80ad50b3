import asyncio
import time

import pytest

from bench.slow_link import slow_link


@pytest.fixture
async def talker():
    """A server that answers what it is asked, a hundred times over."""

    async def talk(reader, writer):
        while line := await reader.readline():
            writer.write(line * 100)
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_slow_link_hands_on_everything_at_its_pace(talker):
    async with slow_link(talker, bits=400_000) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.monotonic()
        writer.write(b"x" * 249 + b"\n")
        answer = await asyncio.wait_for(reader.readexactly(25_000), 10)
        past = time.monotonic() - began
        writer.close()

    assert answer == (b"x" * 249 + b"\n") * 100
    assert past > 0.4  # 200 kbit at 400 kb/s


async def test_slow_link_ends_when_the_far_end_does(talker):
    async with slow_link(talker, bits=10_000_000) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"bye\n")
        writer.write_eof()

        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()

    assert answer == b"bye\n" * 100
