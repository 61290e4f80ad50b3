"""Answers that break off are gone on with."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digi.errors import Unavailable
from digi.files.carriers.bucket import BucketCarrier
from digi.files.carriers.signature import Keys
from digi.files.places import parse
from digi.files.ranges import Part

CONTENT = bytes(range(256)) * 2000


class Breaking(BaseHTTPRequestHandler):
    """Sends at most `most` bytes of what it has announced, and closes."""

    most = 200_000

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "bytes=0-").removeprefix("bytes=")
        first, _, last = wanted.partition("-")
        content = CONTENT[int(first) : int(last or len(CONTENT)) + 1]
        self.server.asked.append(wanted)
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: self.most])

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as found:
        found.asked = []
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def carrier(server, tmp_path):
    address = f"s3://digi-files?endpoint=http://127.0.0.1:{server.server_port}"
    return BucketCarrier(parse(address), Keys("a", "b"), tmp_path)


def test_an_answer_that_breaks_off_is_asked_for_again_from_there_on(server, carrier):
    with carrier.open("key") as file:
        assert file.read() == CONTENT

    assert server.asked == ["0-", "196608-511999", "393216-511999"]  # whole pieces


def test_a_part_is_gone_on_with_to_its_own_end(server, carrier):
    with carrier.open("key", Part(1000, 300_000)) as file:
        assert file.read() == CONTENT[1000:301_000]

    assert server.asked == ["1000-300999", "197608-300999"]


def test_a_server_that_sends_nothing_is_given_up(server, carrier, monkeypatch):
    monkeypatch.setattr(Breaking, "most", 0)

    with carrier.open("key") as file, pytest.raises(Unavailable):
        file.read()

    assert len(server.asked) == 4
