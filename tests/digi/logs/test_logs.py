"""What a log line looks like, what it leaves out, and whose request ids it believes."""

import io
import json
import logging

import pytest

from digi.logs import formatter, scrub
from digi.server.access import AccessLines

CONNECTION = "Z0FBQUFBQnBkX2Nvbm5lY3Rpb24"


@pytest.fixture
def logged():
    """Log something by a logger with the formatter of a shape; the line."""

    def line(shape: str, *said, **how) -> str:
        out = io.StringIO()
        handler = logging.StreamHandler(out)
        handler.setFormatter(formatter(shape))
        logger = logging.Logger("tests.logs")
        logger.addHandler(handler)
        logger.error(*said, **how)
        return out.getvalue()

    return line


def test_json_lines_are_whole_and_begin_with_what_is_read_first(logged):
    try:
        raise ValueError("line one\nline two")
    except ValueError:
        line = logged("json", "the task %s failed", "thesis.tasks.read", exc_info=True)

    said = json.loads(line)
    assert line.count("\n") == 1
    assert list(said)[:4] == ["timestamp", "level", "logger", "event"]
    assert (said["level"], said["logger"], said["event"]) == (
        "error",
        "tests.logs",
        "the task thesis.tasks.read failed",
    )
    assert said["exception"].endswith("ValueError: line one\nline two")


@pytest.mark.parametrize("shape", ["json", "logfmt", "lines"])
def test_every_shape_leaves_out_what_opens_something(logged, shape):
    try:
        raise OSError("redis://digi:hunter2@redis:6379/0 of alice@example.org")
    except OSError:
        line = logged(shape, "no answer at /chat/%s/", CONNECTION, exc_info=True)

    assert "no answer at" in line
    assert [word for word in (CONNECTION, "hunter2", "alice@example.org") if word in line] == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Internal Server Error: /accounts/password/reset/key/3-c4f/", "…: /accounts/password/reset/key/…/"),
        (f"a reader of {CONNECTION} stalled", "a reader of … stalled"),
        ("postgres://digi:hunter2@db:5432/digi refused", "postgres://…@db:5432/digi refused"),
        ("Max retries exceeded with url: /hooks?key=hunter2 (", "Max retries exceeded with url: /hooks?… ("),
        ("Key (email)=(alice@example.org) already exists.", "Key (email)=(…@…) already exists."),
        ("{'Authorization': 'Bearer digi_0123456789abcdef'}", "{'Authorization': 'Bearer …'}"),
        ("dgc_0123456789abcdef and whsec_MDEyMzQ1Njc4OQ==", "… and …"),
        ("{'password': 'hunter2', 'login': 'x'}", "{'password': '…', 'login': 'x'}"),
        ("sessionid=0123456789abcdef; csrftoken=fedcba", "sessionid=…; csrftoken=…"),
        ("duplicate key value violates unique constraint", "duplicate key value violates unique constraint"),
        ("Is it late? Nobody=knows", "Is it late? Nobody=knows"),
        ("tokens: 3, keys: 2", "tokens: 3, keys: 2"),
    ],
)
def test_scrubbing_keeps_the_sentence(said, told):
    assert scrub(said) == told.replace("…: /accounts", "Internal Server Error: /accounts")


def test_access_lines_carry_the_request_id_and_no_query():
    out = io.StringIO()
    lines = AccessLines(out)

    lines(
        "http",
        "complete",
        {"path": "/me/", "status": 200, "method": "GET", "client": "192.0.2.1:5", "time_taken": 0.0123, "size": 9}
        | {"request_id": "req-1"},
    )
    lines("websocket", "connected", {"path": "/ws/chat/…/", "client": "192.0.2.1:6"})
    lines("websocket", "pinged", {"path": "/ws/chat/…/", "client": "192.0.2.1:6"})

    first, second = map(json.loads, out.getvalue().splitlines())
    assert {key: value for key, value in first.items() if key != "timestamp"} == {
        "level": "info",
        "logger": "access",
        "event": "request",
        "request_id": "req-1",
        "method": "GET",
        "status": 200,
        "bytes": 9,
        "ms": 12.3,
        "path": "/me/",
        "client": "192.0.2.1:5",
    }
    assert (second["event"], second["path"]) == ("socket connected", "/ws/chat/…/")


@pytest.mark.parametrize(
    ("proxies", "given", "is_kept"),
    [(1, "from-our-proxy", True), (1, "bad id\n", False), (1, "x" * 41, False), (0, "from-a-stranger", False)],
)
def test_request_ids_are_believed_from_trusted_proxies_alone(client, settings, proxies, given, is_kept):
    settings.DIGI_TRUSTED_PROXIES = proxies

    answer = client.get("/healthz", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) is is_kept
    assert is_kept or answer.headers["X-Request-ID"].startswith("req-")
