"""The event loop."""

import asyncio
from importlib import import_module
from importlib.util import find_spec


def use_fastest_loop() -> None:
    """Choose uvloop where there is one: before Daphne is imported, which makes its loop at once."""
    if find_spec("uvloop"):
        asyncio.set_event_loop_policy(import_module("uvloop").EventLoopPolicy())
