"""Several server processes at one address: each has a SO_REUSEPORT socket of its own, and the kernel deals.

Sharing one socket deals badly: of 100 connections that come at once one of two processes got between 9 and 91.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

STEP = 0.1  # seconds between looks at the workers
PAUSE = 1.0  # seconds before a worker that did not start is tried again
CHAIN = "DIGI_WORKER"  # in a worker's environment: the descriptor that ties it to the process that started it


def listener(host: str, port: int) -> socket.socket:
    """A listening socket that other processes may have beside this one. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind((host.strip("[]"), port))
        one.listen(1024)
        one.setblocking(False)
    except BaseException:
        one.close()
        raise
    return one


class Worker:
    """One server process; `listens` once it has said so."""

    def __init__(self, command: list[str]) -> None:
        self._chain, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own command line
                command,
                env={**os.environ, CHAIN: str(theirs.fileno())},
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for us; we pass it on
            )
        self._chain.setblocking(False)
        self.listens = False

    def has_ended(self) -> bool:
        """Look how it is."""
        if not self.listens:
            with contextlib.suppress(OSError):
                self.listens = bool(self._chain.recv(1))
        return self.process.poll() is not None

    def end(self) -> None:
        """Ask it to drain; asked twice, it ends at once."""
        if self.process.poll() is None:
            self.process.terminate()


class Supervisor:
    """Keeps `count` workers: one that dies is replaced, and SIGHUP replaces all, one after the other.

    SIGTERM and Ctrl-C let them drain; a second time they end at once. When this process dies, they drain as well.
    """

    def __init__(self, command: list[str], count: int) -> None:
        self._command, self._count = command, count
        self._workers: list[Worker] = []
        self._leaving: list[Worker] = []
        self._outdated: list[Worker] = []
        self._stopping = False
        self._not_before = 0.0
        self._status = 0

    def run(self) -> int:
        """Returns, with the status to exit with, when all have ended."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        signal.signal(signal.SIGHUP, lambda *_: self._renew())
        while True:
            self._fill()
            if not self._workers and not self._leaving:
                return self._status
            time.sleep(STEP)
            self._leaving = [worker for worker in self._leaving if not worker.has_ended()]
            for worker in [worker for worker in self._workers if worker.has_ended()]:
                self._lost(worker)
            self._replace_one()

    def _fill(self) -> None:
        while not self._stopping and len(self._workers) < self._count and time.monotonic() >= self._not_before:
            self._spawn()

    def _spawn(self) -> None:
        """One more. A signal that came meanwhile has ended those before it alone."""
        worker = Worker(self._command)
        self._workers.append(worker)
        if self._stopping:
            worker.end()

    def _lost(self, worker: Worker) -> None:
        self._workers.remove(worker)
        if self._stopping:
            return
        _say(f"worker {worker.process.pid} ended with {worker.process.returncode}")
        if worker.listens:
            return
        self._outdated.clear()  # what replaces them would not start either
        self._not_before = time.monotonic() + PAUSE
        if not any(one.listens for one in self._workers):
            self._status = 1
            self._stop()

    def _replace_one(self) -> None:
        """One more while it starts, then one fewer."""
        self._outdated = [worker for worker in self._outdated if worker in self._workers]
        if not self._outdated or self._stopping:
            return
        if len(self._workers) <= self._count:
            self._spawn()
        elif all(worker.listens for worker in self._workers):
            oldest = self._outdated.pop(0)
            self._workers.remove(oldest)
            self._leaving.append(oldest)
            oldest.end()

    def _renew(self) -> None:
        self._outdated = list(self._workers)

    def _stop(self) -> None:
        self._stopping = True
        for worker in [*self._workers, *self._leaving]:
            worker.end()


class Chain:
    """A worker's end of what ties it to its supervisor."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.setblocking(False)

    def say_listening(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.send(b"!")

    def watch(self, loop: asyncio.AbstractEventLoop, torn: Callable[[], None]) -> None:
        """Call `torn` when the supervisor has died."""

        def read() -> None:
            try:
                alive = bool(self._socket.recv(1))
            except BlockingIOError:
                return
            except OSError:  # reset: it died before it had read what we said
                alive = False
            if not alive:
                loop.remove_reader(self._socket)
                torn()

        loop.add_reader(self._socket, read)


def _say(what: str) -> None:
    sys.stderr.write(f"Digi: {what}.\n")
    sys.stderr.flush()
