"""Bytes in pieces for servers that await."""

import asyncio
import os
import time

from digi.files.streams import AsyncPieces


def test_a_reader_who_leaves_does_not_make_the_server_wait_for_a_slow_source():
    reading, writing = os.pipe()
    file = open(reading, "rb")  # noqa: SIM115 - the pieces close it

    async def leave() -> float:
        async def read() -> None:
            async for _piece in AsyncPieces(file, 10):
                pass

        task = asyncio.create_task(read())
        await asyncio.sleep(0.1)
        began = time.monotonic()
        task.cancel()
        await asyncio.wait({task})
        waited = time.monotonic() - began
        os.close(writing)  # the read ends at last
        return waited

    waited = asyncio.run(asyncio.wait_for(leave(), 20))

    deadline = time.monotonic() + 20
    while not file.closed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert waited < 10  # the source would never have said anything
    assert file.closed
