"""Lines of the access log name the request that they are about, and no other."""

import json
import sys

from tests.client import ask
from tests.servers import DaphneServer

COMMAND = [sys.executable, "run_daphne.py", "-t", "1", "tests.digi.server.application:application"]


def test_answer_that_daphne_gives_itself_has_no_other_requests_id(db):
    with DaphneServer(command=COMMAND, DIGI_LOG_FORMAT="json", DIGI_LOG_LEVEL="INFO") as server:
        ask("GET", f"{server.url}/scope")
        ask("GET", f"{server.url}/slow/20")

    lines = [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]
    requests = [(line["path"], line["status"], line["request_id"]) for line in lines if line["event"] == "request"]
    assert requests == [("/scope", 200, "req-/scope"), ("/slow/20", 503, "")]
