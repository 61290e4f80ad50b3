"""Real servers for tests: Redis and Daphne on free ports, ended by their own process ids."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psutil
from django.db import connection

from tests.environment import DIRECTORY

PR_SET_PDEATHSIG = 1
PORTS = range(20_000, 32_768)  # below those that kernels give to clients, who would come between a choice and its use
ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port of the caller's own: no other call of this run gets it, in whichever of its processes."""
    taken = DIRECTORY / "ports"
    taken.mkdir(exist_ok=True)
    while True:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            (taken / str(port)).touch(exist_ok=False)
            return port


def database_url() -> str:
    """The URL of this worker's test database, for another process to open."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DIGI_DATABASE_URL"])._replace(path=f"/{name}"))


_started: list["Process"] = []


def running() -> dict[str, "Process"]:
    """The servers that this process has started and not ended."""
    return {process.log.stem: process for process in _started if process.process.poll() is None}


def _end_with_the_tests() -> None:
    """A run that is killed cannot end its servers, which would keep its database open: the kernel does it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A server in a process of its own; `log` is the file of all it wrote, `descriptors` are what it inherits.

    It runs as `user` and the group of that name where there is one, and `ending` asks it to end.
    """

    descriptors: tuple[int, ...] = ()
    user: str | None = None
    ending = signal.SIGTERM

    def __init__(self, command: list[str], *, name: str, environment: dict[str, str] | None = None) -> None:
        self.log = DIRECTORY / f"{name}-{os.getpid()}-{time.monotonic_ns()}.log"
        self.command = command
        self.environment = environment or {}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.descriptors,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                preexec_fn=_end_with_the_tests if sys.platform == "linux" else None,
            )
        _started.append(self)
        self.until_it_answers()
        return self

    def until_it_answers(self) -> None:
        self._wait_until(self.answers, seconds=100)

    def answers(self) -> bool:
        raise NotImplementedError

    def stop(self) -> None:
        """Ask it to end, as systemd and docker do."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.ending)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """kill -9: what a crash or a lost machine looks like."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)

    def processes(self) -> list[psutil.Process]:
        """It and the processes that it has started, as far as they still run."""
        try:
            itself = psutil.Process(self.pid)
            return [itself, *itself.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def memory(self) -> float:
        """Resident memory of it and of the processes that it has started, in MiB."""
        total = 0
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total / 2**20

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def _wait_until(self, ready, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.command} ended with {self.process.returncode}:\n{self.output()}")
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"{self.command} did not answer in {seconds} s:\n{self.output()}")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()


class RedisServer(Process):
    """A redis-server without persistence. `stop()` and `start()` again keep the port."""

    def __init__(self) -> None:
        self.port = free_port()
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(DIRECTORY)]
        super().__init__(["redis-server", "--port", str(self.port), *options], name="redis")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class DaphneServer(Process):
    """Digi served by Daphne on this worker's test database.

    `environment` holds further DIGI_* variables; `command` replaces `python run_daphne.py`, with `{port}` in it
    standing for the port. `stop()` or `kill()` and `start()` again keep the port.
    """

    def __init__(self, *, redis_url: str = "", command: list[str] | None = None, **environment: str) -> None:
        self.port = free_port()
        command = [part.format(port=self.port) for part in command or [sys.executable, "run_daphne.py"]]
        super().__init__(
            command,
            name="daphne",
            environment={
                "DIGI_DATABASE_URL": database_url(),
                "DIGI_HOST": "127.0.0.1",
                "DIGI_PORT": str(self.port),
                "DIGI_REDIS_URL": redis_url,
                **environment,
            },
        )

    @property
    def url(self) -> str:
        """Such as http://127.0.0.1:41234, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except HTTPError as error:
            return error.code < 500
        except (URLError, OSError):
            return False
