"""What autobahn and Twisted make ready for logs that nobody writes.

autobahn formats what it would log for every frame and handshake before its logger drops it. Twisted names the
connection, in a context of its own for each read and write, for an older kind of log; half of what such a call costs.
"""

import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any

import autobahn.twisted.websocket
import autobahn.websocket.protocol
from twisted.internet import asyncioreactor

log = logging.getLogger(__name__)

MODULES: tuple[ModuleType, ...] = (autobahn.websocket.protocol, autobahn.twisted.websocket)
FORMATTERS = ("hl", "hltype", "hlval", "hlid", "pformat")  # each makes a string for log.debug and for nothing else


def hush() -> None:
    """Let autobahn's formatters answer with nothing, and Twisted's loop call plainly, from now on in this process."""
    for module in MODULES:
        for name in FORMATTERS:
            if hasattr(module, name):
                setattr(module, name, _nothing)
    setattr(asyncioreactor, "callWithLogger", _call)  # noqa: B010 - Twisted says nowhere that it is there


def _call(connection: Any, function: Callable[..., object], *arguments: object) -> object:
    """As Twisted's `callWithLogger`: what goes wrong is logged, and the loop goes on."""
    try:
        return function(*arguments)
    except Exception:
        log.exception("a connection was not served: %s", connection.logPrefix())
        return None


def _nothing(*_: object, **__: object) -> str:
    return ""
