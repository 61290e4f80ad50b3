"""Where the server listens, as Twisted writes it (`-e`), and what is wrong with it in words."""

import os
from typing import Any

from OpenSSL import SSL, crypto
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError

_UNREADABLE = "its key or certificate cannot be read, or one does not belong to the other: both are PEM"
_NO_SOCKET = "systemd has passed no socket of this number: it starts the unit that the .socket file names"


class CannotListen(Exception):
    """The message is the reason."""


def endpoint(text: str) -> Any:
    """The endpoint of `tcp:8000`, `unix:/run/digi/digi.sock:mode=660`, `ssl:…`. Raises `CannotListen`."""
    try:
        return serverFromString(reactor, text)  # type: ignore[no-untyped-call]
    except Exception as error:
        raise CannotListen(f"at {text}: {reason(error)}.") from error


def complaint(error: object, text: str) -> str:
    """What keeps the endpoint `text` from listening: one line."""
    if not isinstance(error, CannotListenError):
        return f"Digi cannot listen at {text}: {reason(error)}.\n"
    said = reason(error.socketError)
    if isinstance(error.port, bytes):  # a UNIX socket's path
        return f"Digi cannot listen at {os.fsdecode(error.port)}: {said}.\n"
    return f"Digi cannot listen at {error.interface}:{error.port}: {said}. DIGI_HOST and DIGI_PORT choose another.\n"


def reason(error: object) -> str:
    """The error in words that somebody can act upon."""
    if isinstance(error, (SSL.Error, crypto.Error)):
        return _UNREADABLE
    if isinstance(error, OSError) and error.strerror:
        names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, (str, bytes))]
        return f"{error.strerror}: {names[-1]}" if names else error.strerror
    if isinstance(error, IndexError):
        return _NO_SOCKET
    said = str(error).rstrip(".")
    return f"this is not how Twisted writes an endpoint ({said})" if isinstance(error, TypeError) else said
