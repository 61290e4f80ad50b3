"""Connections that ask for pages go to processes of their own; those of sockets stay.

A page needs the interpreter for twenty milliseconds and more, ten times what a batch of messages needs, and a process
has one interpreter. So a worker that is told to looks at the first bytes of each connection and hands what does not
upgrade to a worker for pages, by SCM_RIGHTS: that one goes on with it as if it had accepted it, and no byte of it
passes through the first any more. https://man7.org/linux/man-pages/man7/unix.7.html
"""

import asyncio
import os
import re
import socket
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

LARGEST = 65_536  # bytes that Twisted reads at once
TURN = 16  # connections taken in one turn of the loop
NICE = 5  # where processors are short, chat comes before pages
UNINHERITED = getattr(socket, "MSG_CMSG_CLOEXEC", 0)  # macOS has no such flag

_UPGRADE = re.compile(rb"\r\nupgrade[ \t]*:", re.IGNORECASE)


def pair() -> tuple[socket.socket, socket.socket]:
    """The end that connections are given to, and the one they are taken from; any number of processes may share each.

    What one process has given and none has taken yet waits there, also while the one that takes is replaced.
    """
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)


def give_way() -> None:
    """Let the other workers have the processors before this one."""
    os.nice(NICE)


def asks_for_page(beginning: bytes) -> bool:
    """Whether a connection begins with the whole head of a request that does not upgrade."""
    head, end, _ = beginning.partition(b"\r\n\r\n")
    return bool(end) and not _UPGRADE.search(head)


class Giver:
    """A worker's end of the pair, to give to."""

    def __init__(self, descriptor: int) -> None:
        self._end = _opened(descriptor)

    def give(self, transport: Any, beginning: bytes) -> bool:
        """Hand a connection over, with what has been read of it. False where nobody has room for it."""
        try:
            socket.send_fds(self._end, [beginning], [transport.fileno()])
        except OSError:  # the queue is full: nobody takes, or not fast enough
            return False
        transport._shouldShutdown = False  # closing our copy must not end the other's
        transport.loseConnection()
        return True

    def close(self) -> None:
        """Give nothing any more."""
        self._end.close()


class Reception(Protocol):
    """Looks at what a connection says first. From then on it is `inner`'s or, where `give` took it, another's."""

    def __init__(self, inner: Any, give: Callable[[Any, bytes], bool]) -> None:
        self._inner, self._give = inner, give

    def connectionMade(self) -> None:
        self._inner.makeConnection(self.transport)  # its timeouts count for who says nothing

    def dataReceived(self, data: bytes) -> None:
        transport: Any = self.transport
        transport.protocol = self._inner
        if not (asks_for_page(data) and self._give(transport, data)):
            self._inner.dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._inner.connectionLost(reason)


class Taker:
    """The end that a worker for pages takes from."""

    def __init__(self, descriptor: int) -> None:
        self._end = _opened(descriptor)

    def take_for(self, factory: Any, loop: asyncio.AbstractEventLoop) -> None:
        """From now on each connection gets a protocol of this factory."""
        loop.add_reader(self._end, self._take, factory)

    def _take(self, factory: Any) -> None:
        for _ in range(TURN):
            try:
                data, descriptors, *_rest = socket.recv_fds(self._end, LARGEST, 1, UNINHERITED)
            except BlockingIOError:  # that was all, or another worker was faster
                return
            for descriptor in descriptors:
                _serve(factory, descriptor, data)


def _opened(descriptor: int) -> socket.socket:
    end = socket.socket(fileno=descriptor)
    end.setblocking(False)
    return end


def _serve(factory: Any, descriptor: int, beginning: bytes) -> None:
    with socket.socket(fileno=descriptor) as connection:  # Twisted keeps a copy
        try:
            transport = reactor.adoptStreamConnection(descriptor, connection.family, factory)
        except OSError:  # whoever it was has hung up
            return
    if transport is not None:
        transport.protocol.dataReceived(beginning)
