"""Several server processes at one address, and the process that keeps them."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from urllib.request import urlopen

import psutil
import pytest

from digi.server import workers as supervision
from tests.servers import ROOT, DaphneServer


@pytest.fixture
def pair(start_server, redis_url) -> DaphneServer:
    server = start_server(redis_url=redis_url, DIGI_WORKERS="2")
    until(lambda: server.output().count("Digi listens") == 2)
    return server


def until(holds, *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def workers(server: DaphneServer) -> set[int]:
    """The worker processes' ids; one that ends while this looks is none."""
    found = set()
    for child in psutil.Process(server.pid).children():
        with suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE:
                found.add(child.pid)
    return found


def listening(server: DaphneServer) -> int:
    return server.output().count("Digi listens")


def test_worker_that_is_killed_is_replaced_and_the_other_serves_on(pair):
    first, second = sorted(workers(pair))

    os.kill(first, signal.SIGKILL)

    until(lambda: listening(pair) == 3)
    assert second in workers(pair)
    assert first not in workers(pair)
    assert len(workers(pair)) == 2
    assert f"Digi: worker {first} ended with -9." in pair.output()
    with urlopen(f"{pair.url}/healthz", timeout=20) as answer:
        assert answer.status == 200


def test_hang_up_replaces_all_workers_and_refuses_nobody(pair):
    before = workers(pair)

    os.kill(pair.pid, signal.SIGHUP)

    answers = 0
    end = time.monotonic() + 90
    while workers(pair) & before or len(workers(pair)) != 2:
        assert time.monotonic() < end
        with urlopen(f"{pair.url}/healthz", timeout=20) as answer:
            answers += answer.status == 200
    assert answers > 0
    until(lambda: listening(pair) == 4)


def test_all_workers_end_with_the_supervisor(pair):
    processes = [psutil.Process(pid) for pid in workers(pair)]

    pair.process.terminate()

    assert pair.process.wait(60) == 0
    assert not any(process.is_running() for process in processes)


def test_workers_do_not_outlive_a_supervisor_that_was_killed(pair):
    processes = [psutil.Process(pid) for pid in workers(pair)]

    pair.kill()

    psutil.wait_procs(processes, timeout=40)
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


@pytest.fixture
def _own_signals():
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.usefixtures("_own_signals")
@pytest.mark.parametrize("spawned", [1, 2, 3])
def test_worker_that_is_being_started_when_all_shall_end_ends_as_well(monkeypatch, spawned):
    """Of two workers; the third takes the place of the first, after a hang-up."""
    made = []

    class Worker(supervision.Worker):
        def __init__(self, command: list[str]) -> None:
            super().__init__(command)
            made.append(self)
            if len(made) == spawned:
                os.kill(os.getpid(), signal.SIGTERM)

        def has_ended(self) -> bool:
            if len(made) == 2 < spawned:
                os.kill(os.getpid(), signal.SIGHUP)
            return super().has_ended()

    monkeypatch.setattr(supervision, "Worker", Worker)

    status = supervision.Supervisor(["sleep", "20"], 2).run()

    for worker in made:
        worker._chain.close()
    assert status == 0
    assert [worker.process.returncode for worker in made] == [-signal.SIGTERM] * spawned


@pytest.mark.parametrize(
    ("arguments", "environment", "complaint"),
    [
        (["--workers", "2"], {}, "2 workers hear of each other through Redis, and DIGI_REDIS_URL is not set. "),
        ([], {"DIGI_WORKERS": "2"}, "2 workers hear of each other through Redis, and DIGI_REDIS_URL is not set. "),
        ([], {"DIGI_WORKERS": "many"}, "DIGI_WORKERS must be a number from 1 to 64, not 'many'."),
        (
            ["--workers", "2", "-u", "/tmp/digi-never.sock"],
            {"DIGI_REDIS_URL": "redis://127.0.0.1:1/0"},
            "Several workers listen at a host and a port, and at nothing else.",
        ),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(arguments, environment, complaint):
    done = subprocess.run(
        [sys.executable, "run_daphne.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DIGI_REDIS_URL": "", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"Digi does not start: {complaint}")
    assert len(done.stderr.splitlines()) == 1


def test_taken_port_is_refused_and_nothing_is_left(start_server, redis_url):
    first = start_server()

    done = subprocess.run(
        [sys.executable, "run_daphne.py", "--workers", "2"],
        cwd=ROOT,
        env={**os.environ, **first.environment, "DIGI_REDIS_URL": redis_url},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert f"it cannot listen at 127.0.0.1:{first.port}: Address already in use." in done.stderr
