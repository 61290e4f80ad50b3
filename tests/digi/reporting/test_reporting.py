"""A crash in a page, a socket and a task is told to a Sentry-compatible server, and nothing of what they held."""

import os
import subprocess
import sys

import pytest
from websockets.sync.client import connect

from digi import __version__
from digi.worker import queue
from digi.worker.services import jobs
from tests.client import ask
from tests.digi.reporting.envelopes import Collector
from tests.digi.worker.process import Worker
from tests.digi.worker.tasks import fail
from tests.servers import ROOT

PLANTED = ["walled", "hunter2", "s3cr3t", "zebra", "70770", "this goes wrong", "moth"]  # each word stands in one place


@pytest.fixture
def collector():
    with Collector() as one:
        yield one


def _kind(event):
    return event["exception"]["values"][-1]["type"]


def _where(event):
    return event["exception"]["values"][-1]["stacktrace"]["frames"][-1]


def test_crashes_of_a_page_and_a_socket_arrive_without_what_they_held(collector, start_server, person, session_cookie):
    cookie = session_cookie(person("zebra", display_name="Zebra Moth"))
    command = [sys.executable, "tests/digi/reporting/serve.py"]
    server = start_server(command=command, DIGI_SENTRY_DSN=collector.dsn, DIGI_SENTRY_ENVIRONMENT="trial")
    headers = {"Cookie": cookie, "Authorization": "Bearer s3cr3t", "X-Forwarded-For": "192.0.2.77"}

    page = ask("POST", f"{server.url}/crash/walled/?key=hunter2", body=b"password=hunter2", headers=headers)
    (first,) = collector.wait_for(1)
    with connect(
        f"{server.socket_url}/ws/notifications/", origin=server.url, additional_headers={"Cookie": cookie}
    ) as socket:
        socket.send('{"type": "hello", "last_id": 70770}')
        _, second = collector.wait_for(2)

    assert page.status == 500
    assert (_kind(first), _where(first)["function"], _where(first)["filename"]) == (
        "KeyError",
        "crash",
        "tests/digi/reporting/urls.py",
    )
    assert (first["transaction"], first["release"], first["environment"]) == (
        "crash/<str:name>/",
        f"digi@{__version__}",
        "trial",
    )
    assert first["tags"] == {"request_id": page.headers["X-Request-ID"], "method": "POST", "status": "500"}
    assert (_kind(second), _where(second)["function"]) == ("LookupError", "crash")
    session = cookie.partition("=")[2]
    assert [word for word in [*PLANTED, session, "192.0.2.77", str(ROOT)] if word.encode() in collector.raw] == []


def test_crash_of_a_task_arrives_without_its_arguments(collector, transactional_db, tmp_path, queue_file):
    worker = Worker(queue=queue_file, DIGI_SENTRY_DSN=collector.dsn)

    with worker:
        job = jobs.later(fail, path=str(tmp_path / "walled"))
        queue.ask_now("jobs")
        (event,) = collector.wait_for(1)

    assert (_kind(event), _where(event)["function"], event["logger"]) == (
        "ValueError",
        "fail",
        "digi.worker.services.jobs",
    )
    assert event["logentry"] == {"message": "the task %s failed"}
    assert event["tags"] == {"job": str(job.uuid)}
    assert [word for word in PLANTED if word.encode() in collector.raw] == []


def _manage(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"import sys, django; django.setup(); {code}"]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_crash_of_a_command_arrives_and_its_end_is_not_held_up(collector):
    ended = _manage("raise OSError('hunter2')", DIGI_SENTRY_DSN=collector.dsn)

    (event,) = collector.wait_for(1)
    assert (_kind(event), ended.returncode) == ("OSError", 1)
    assert b"hunter2" not in collector.raw
    assert "entry" not in ended.stderr  # the SDK is silent


def test_without_a_dsn_nothing_of_it_is_even_imported():
    ended = _manage("import digi.urls, digi.asgi; print('sentry_sdk' in sys.modules)")

    assert ended.stdout.strip() == "False", ended.stderr


def test_what_is_no_dsn_is_one_sentence():
    ended = _manage("", DIGI_SENTRY_DSN="sentry.example")

    assert "DIGI_SENTRY_DSN is an address such as https://key@sentry.example/1." in ended.stderr
