"""autobahn formats what it would log for every frame and handshake before its logger drops it."""

from types import ModuleType

import autobahn.twisted.websocket
import autobahn.websocket.protocol

MODULES: tuple[ModuleType, ...] = (autobahn.websocket.protocol, autobahn.twisted.websocket)
FORMATTERS = ("hl", "hltype", "hlval", "hlid", "pformat")  # each makes a string for log.debug and for nothing else


def hush() -> None:
    """Let autobahn's formatters answer with nothing, from now on and in this process."""
    for module in MODULES:
        for name in FORMATTERS:
            if hasattr(module, name):
                setattr(module, name, _nothing)


def _nothing(*_: object, **__: object) -> str:
    return ""
