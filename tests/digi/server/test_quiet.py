"""What is not said, and what is said all the same."""

import asyncio
import socket
from contextlib import closing

import pytest
from autobahn.websocket import protocol
from twisted.internet import asyncioreactor
from twisted.internet.asyncioreactor import AsyncioSelectorReactor

from digi.server.quiet import FORMATTERS, MODULES, hush


@pytest.fixture(autouse=True)
def _loud_again(monkeypatch):
    for module in MODULES:
        for name in FORMATTERS:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(asyncioreactor, "callWithLogger", asyncioreactor.callWithLogger)


class Reader:
    """A connection that Twisted reads from; from the second time on it has forgotten where."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.calls = 0

    def fileno(self) -> int:
        self.calls += 1
        if self.calls == 2:
            raise RuntimeError("nobody knows the number")
        return self.link.fileno()

    def doRead(self) -> None:  # noqa: N802 - Twisted's name
        self.link.recv(100)

    def logPrefix(self) -> str:  # noqa: N802
        return "a reader"


def test_formatters_answer_with_nothing():
    assert protocol.hlval("loud") != ""

    hush()

    assert protocol.hlval("loud") == ""


def test_what_fails_in_the_loop_is_logged_and_read_again(caplog):
    hush()
    loop = asyncio.new_event_loop()
    reactor = AsyncioSelectorReactor(loop)
    here, there = socket.socketpair()
    with closing(loop), here, there:
        reader = Reader(here)
        reactor.addReader(reader)
        there.send(b"something")
        loop.run_until_complete(asyncio.sleep(0.05))
        reactor.removeReader(reader)
        here.setblocking(False)
        with pytest.raises(BlockingIOError):
            here.recv(100)

    assert [line.getMessage() for line in caplog.records if line.name == "digi.server.quiet"] == [
        "a connection was not served: a reader"
    ]
