"""Digi's Daphne in front of a socket that never stops talking; `python -m tests.digi.firehose` serves it."""

import asyncio
import sys

from digi.server.loop import use_fastest_loop

FRAME = "x" * 16_384
FRAMES = 4_096  # 64 MiB in all
WINDOW = 64  # on /paced/, frames after which a word from the reader is awaited


async def application(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
        return

    await receive()
    await send({"type": "websocket.accept"})
    for number in range(1, FRAMES + 1):
        await send({"type": "websocket.send", "text": FRAME})
        await asyncio.sleep(0)
        if scope["path"] == "/paced/" and number % WINDOW == 0:
            await receive()
    while (await receive())["type"] != "websocket.disconnect":
        pass


if __name__ == "__main__":
    use_fastest_loop()
    from digi.server import command

    command.main(["tests.digi.firehose:application", *sys.argv[1:]])
