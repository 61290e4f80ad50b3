"""Does the channel layer carry a message?"""

import asyncio
import secrets
from contextlib import suppress

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

PATIENCE = 3  # seconds


@async_to_sync
async def send_round_the_layer() -> None:
    """Send a message through the layer to this process. Raises what the layer raises, or `TimeoutError`."""
    async with asyncio.timeout(PATIENCE):
        await _round_trip()


async def _round_trip() -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    message = {"type": "probe", "mark": secrets.token_hex(8)}
    try:
        await layer.send(channel, message)
        if await layer.receive(channel) != message:
            raise ConnectionError("the layer returned another message")
    finally:
        await _forget(channel)


async def _forget(channel: str) -> None:
    """Layers give a channel up when its reader is cancelled; they offer no other way."""
    reader = asyncio.ensure_future(get_channel_layer().receive(channel))
    await asyncio.sleep(0)
    reader.cancel()
    with suppress(asyncio.CancelledError):
        await reader
