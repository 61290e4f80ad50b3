"""Servers under measurement: started on a free loopback port, watched by process accounting, ended by their id."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.dialects import Dialect, DigiV2, Tutorial
from bench.people import Person

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Contender:
    """A server that can be measured: how it starts, how it gets its people, what it speaks."""

    name: str
    dialect: Dialect
    manage: tuple[str, ...]
    serve: tuple[str, ...]  # {port} is filled in
    environment: dict[str, str]
    folder: Path
    measures: frozenset[str]  # what it takes part in: idle, many, calm, brisk, busy, room

    def prepare(self) -> None:
        """Make the database."""
        self.manage_output("migrate", "--run-syncdb", "-v0")

    def people(self, count: int, *, room: bool = False, signs_in: bool = False) -> list[Person]:
        """New signed-in people in pairs, or all in one room; the first may sign in with `PASSWORD`."""
        options = [*(["--room"] if room else []), *([f"--password={PASSWORD}"] if signs_in else [])]
        lines = self.manage_output("bench_people", str(count), *options).splitlines()
        people = [json.loads(line) for line in lines if line.startswith("{")]
        return [Person(one["user"], one["cookie"], one["connection_id"]) for one in people]

    def manage_output(self, *words: str) -> str:
        """What a management command on this database prints."""
        done = subprocess.run(
            [*self.manage, *words],
            cwd=ROOT,
            env=self.whole(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: {' '.join(words)} failed.\n{done.stderr[-3000:]}")
        return done.stdout

    def whole(self, **more: str) -> dict[str, str]:
        """The environment of its processes: its own, and nothing of the caller's Digi."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("DIGI_", "DJANGO_", "BASELINE_"))}
        return {**plain, **self.environment, **more}

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """A server process for the length of the block."""
        port = _free_port()
        log = self.folder / f"{self.name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [word.format(port=port) for word in self.serve],
                cwd=ROOT,
                env=self.whole(DIGI_PORT=str(port)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        server = Server(self, port, psutil.Process(process.pid))
        try:
            _await_port(port, process, log)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass
class Server:
    """A running server and what it has used."""

    contender: Contender
    port: int
    process: psutil.Process
    _seen: dict[int, float] = field(default_factory=dict)

    def cpu(self) -> float:
        """Seconds of CPU that the process and its children have used so far."""
        for process in [self.process, *self.process.children(recursive=True)]:
            used = process.cpu_times()
            self._seen[process.pid] = used.user + used.system
        return sum(self._seen.values())

    def resident(self) -> int:
        """Bytes of memory that the process and its children hold."""
        processes = [self.process, *self.process.children(recursive=True)]
        return sum(int(process.memory_info().rss) for process in processes)


def tutorial(folder: Path) -> Contender:
    """The plain Channels chat in bench/baseline, on stock Daphne."""
    return Contender(
        name="tutorial",
        dialect=Tutorial(),
        manage=(sys.executable, "-m", "django"),
        serve=(sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "bench.baseline.asgi:application"),
        environment={
            "DJANGO_SETTINGS_MODULE": "bench.baseline.settings",
            "BASELINE_DATABASE": str(folder / "tutorial.sqlite3"),
        },
        folder=folder,
        measures=frozenset({"idle", "calm", "room"}),
    )


def digi(folder: Path) -> Contender:
    """Digi as `run_daphne.py` serves it: production's code paths, durable commits, limits off, memory layer."""
    return _digi(folder, "digi", {"idle", "many", "calm", "brisk", "busy", "room"})


def digi_on_redis(folder: Path, redis_url: str) -> Contender:
    """The same with a Redis layer beside it, which nobody listens to but itself."""
    return _digi(folder, "redis", {"brisk"}, DIGI_REDIS_URL=redis_url)


def digi_with_two_workers(folder: Path, redis_url: str) -> Contender:
    """Two processes at one port; of a pair in a room one may be at the other's."""
    return _digi(folder, "workers", {"brisk"}, DIGI_REDIS_URL=redis_url, DIGI_WORKERS="2")


def _digi(folder: Path, name: str, measures: set[str], **environment: str) -> Contender:
    return Contender(
        name=name,
        dialect=DigiV2(),
        manage=(sys.executable, "manage.py"),
        serve=(sys.executable, "run_daphne.py"),
        environment={
            "DJANGO_SETTINGS_MODULE": "digi.settings",
            "DIGI_BENCH": "1",
            "DIGI_DOTENV": os.devnull,
            "DIGI_DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3",
            "DIGI_REDIS_URL": "",
            "DIGI_HOST": "127.0.0.1",
            "DIGI_LOG_LEVEL": "WARNING",
            **environment,
        },
        folder=folder,
        measures=frozenset(measures),
    )


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis of our own for the length of the block; its URL."""
    port = _free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with (folder / "redis.log").open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        _await_port(port, process, folder / "redis.log")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"The server did not start.\n{log.read_text(errors='replace')[-3000:]}")
