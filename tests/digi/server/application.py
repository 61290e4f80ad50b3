"""An ASGI application that is slow on purpose, served by Digi's server: `python -m tests.digi.server.application PORT`.

It writes what happens to it to its output. `/slow/N` answers after N seconds, `/flood` with 96 MiB, `/scope` with what
the server knows of the request. A socket stays; `/never` is not accepted, and `/clings` does not end with its socket.
`FAILS` in the environment makes its start-up fail, `FOREIGN` makes it know no lifespan.
"""

import asyncio
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")
django.setup()

from digi.server.server import Server  # noqa: E402 - it reads settings

MEBIBYTE, FLOOD = bytes(1_048_576), 96


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def application(scope, receive, send) -> None:
    await {"lifespan": lifespan, "http": page, "websocket": visit}[scope["type"]](scope, receive, send)


async def lifespan(scope, receive, send) -> None:
    if "FOREIGN" in os.environ:
        raise ValueError("what is a lifespan?")
    await receive()
    if "FAILS" in os.environ:
        await send({"type": "lifespan.startup.failed", "message": "the cellar is flooded."})
        return
    say("started")
    await send({"type": "lifespan.startup.complete"})
    await receive()
    say("shut down")
    await send({"type": "lifespan.shutdown.complete"})


async def page(scope, receive, send) -> None:
    if scope["path"].startswith("/slow/"):
        say("working")
        await asyncio.sleep(float(scope["path"].removeprefix("/slow/")))
    if scope["path"] == "/flood":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(FLOOD):
            await send({"type": "http.response.body", "body": MEBIBYTE, "more_body": True})
        await send({"type": "http.response.body"})
        return
    known = json.dumps({name: scope[name] for name in ("client", "scheme", "root_path", "http_version")}).encode()
    headers = [(b"X-Request-ID", b"req-" + scope["path"].encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": known if scope["path"] == "/scope" else b"done"})


async def visit(scope, receive, send) -> None:
    await receive()
    if scope["path"] == "/never":
        await asyncio.sleep(60)
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        if message.get("text") == "answer me":
            say("asked")
            await asyncio.sleep(0.15)
            await send({"type": "websocket.send", "text": "here"})
    say(f"disconnected {message['code']}")
    if scope["path"] == "/clings":
        await asyncio.sleep(60)


if __name__ == "__main__":
    server = Server(application, endpoints=[f"tcp:{sys.argv[1]}:interface=127.0.0.1"])
    server.run()
    sys.exit(server.status)
