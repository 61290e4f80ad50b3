"""Threads for requests, that outlive them.

Django's ASGI handler makes a thread for every request, and another that waits for its end; with the thread goes its
database connection, whatever CONN_MAX_AGE says. Beside chat, each of them costs the event loop the interpreter.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

from digi.server.body_limit import Application, Receive, Send
from digi.turns import page

KEPT = 8  # threads that stay when nothing is asked; more are made when more is asked at once

_idle: list[ThreadPoolExecutor] = []


@contextmanager
def _thread() -> Iterator[ThreadPoolExecutor]:
    """A thread for one request: the one that was given back last, since its connection is the warmest."""
    executor = _idle.pop() if _idle else ThreadPoolExecutor(1, thread_name_prefix="digi-page")
    try:
        with page():
            yield executor
    finally:
        if len(_idle) < KEPT:
            _idle.append(executor)
        else:
            executor.submit(connections.close_all)  # else they stay open: a wrapper outlives its thread
            executor.shutdown(wait=False)


def lasting_threads(application: Application) -> Application:
    """An HTTP application whose synchronous parts run in threads that have served before."""

    async def served(scope: Any, receive: Receive, send: Send) -> None:
        with _thread() as executor:
            async with ThreadSensitiveContext(executor=executor):
                await application(scope, receive, send)

    return served
