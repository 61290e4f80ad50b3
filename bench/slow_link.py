"""A slow line on loopback: a proxy that lets so many bits a second through towards the client."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_PIECE = 1024  # bytes
_BUFFER = 8 * 1024  # of the kernel, so that what waits does so at the server


@asynccontextmanager
async def slow_link(port: int, *, bits: int) -> AsyncIterator[int]:
    """The port at which the server of `port` can be had through `bits` a second."""
    lines: list[asyncio.Transport | asyncio.WriteTransport] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
        far_reader, far_writer = await asyncio.open_connection(sock=raw, limit=_PIECE)
        lines.extend((far_writer.transport, writer.transport))
        writer.transport.set_write_buffer_limits(high=_PIECE)
        try:
            with suppress(OSError):
                await asyncio.gather(_copy(reader, far_writer, 0), _copy(far_reader, writer, bits))
        finally:
            far_writer.transport.abort()
            writer.transport.abort()

    server = await asyncio.start_server(carry, "127.0.0.1", 0, limit=_PIECE)
    for one in server.sockets:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for line in lines:
            line.abort()
        await asyncio.sleep(0)  # each ends by itself now


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bits: int) -> None:
    """Hand on until the end; `bits` 0 as fast as it comes."""
    free_at = time.monotonic()
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()
        if bits:
            free_at = max(free_at, time.monotonic() - 0.02) + len(piece) * 8 / bits
            await asyncio.sleep(max(0.0, free_at - time.monotonic()))
    with suppress(OSError):
        writer.write_eof()
