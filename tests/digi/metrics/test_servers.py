"""What serving.md names is told, by whichever of several processes is asked."""

import re
import sys
import time

import pytest

from chat.services import rooms
from digi.accounts.services import tokens
from digi.accounts.services.people import create
from tests.client import ask
from tests.visitor import Visitor

LINE = re.compile(r"^(digi_\w+)(\{[^}]*\})? (\S+)$", re.MULTILINE)


@pytest.fixture
def servers(no_other_server, start_server, redis_url, person):
    """Two on one Redis, with a heartbeat of three seconds."""
    rooms.open_pair(by=person("alice"), other=person("bob"))
    return [start_server(command=[sys.executable, "tests/chaos/serve.py"], redis_url=redis_url) for _ in range(2)]


@pytest.mark.timeout(240)
def test_two_processes_tell_the_same_of_what_both_did(servers, redis_url):
    admin = create(username="ada", email="ada@example.org", is_superuser=True, is_staff=True)
    key = {"Authorization": "Bearer " + tokens.create(user=admin, name="prometheus", scopes=["metrics:read"])[1]}

    def read(server) -> dict[str, float]:
        answer = ask("GET", f"{server.url}/metrics", headers=key)
        return {name + labels: float(value) for name, labels, value in LINE.findall(answer.body.decode())}

    for server in servers:
        visitor = Visitor(server.url)
        assert visitor.talk("hello") == "hello"
    until = time.monotonic() + 150  # a process that was killed before counts until it has been silent for long enough
    with visitor.open("/ws/notifications/"):
        while not _agree(told := read(servers[0]), read(servers[1])):
            assert time.monotonic() < until, told
            time.sleep(0.3)

    assert 0 < told["digi_commit_seconds_sum"] < 60
    assert told["digi_deliveries_total"] >= 2
    assert told['digi_processes{kind="server"}'] == 2
    assert told['digi_requests_total{status="2xx"}'] > 4
    assert {"digi_gaps_repaired_total", "digi_layer_failures_total", 'digi_layer_drops_total{reason="full"}'} <= set(
        told
    )
    assert {'digi_jobs{state="failed"}', "digi_jobs_late_seconds", 'digi_mails{state="failed"}'} <= set(told)


def _agree(one: dict[str, float], other: dict[str, float]) -> bool:
    """Has each heard at a heartbeat what both have done?"""
    size = one.get("digi_commit_batch_size_sum", 0)
    there = one.get('digi_processes{kind="server"}') == 2 and one["digi_connections"] >= 1
    return there and size == other.get("digi_commit_batch_size_sum") >= 2
