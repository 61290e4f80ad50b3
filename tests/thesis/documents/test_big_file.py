"""200 MB through a real server: sent in parts, looked into and kept with its memory flat, fetched and exported."""

import base64
import hashlib
import http.client
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from digi.files.models import StoredFile, Upload
from tests.digi.files.conftest import stored
from tests.files import path_of
from tests.servers import DaphneServer

SIZE = 199 * 1_048_576  # of zeros in the archive, which is some bytes larger
STEP = 8 * 1_048_576
ROOM = 32 * 1_048_576  # bytes that the server may grow by while it takes the file
TOKEN = "a" * 32


class Peak:
    """The most memory that a process has while this looks."""

    def __init__(self, pid: int) -> None:
        self._process, self._over = psutil.Process(pid), threading.Event()
        self.before = self.most = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.most = max(self.most, self._process.memory_info().rss)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()


@contextmanager
def connected(server: DaphneServer, cookie: str) -> Iterator[Callable[..., http.client.HTTPResponse]]:
    """How to ask a server's API in a session."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    cookie = f"{cookie}; {settings.CSRF_COOKIE_NAME}={TOKEN}"

    def ask(method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        link.request(method, f"/api/v1/{path}", body, {"Cookie": cookie, "X-CSRFToken": TOKEN} | headers)
        return link.getresponse()

    with closing(link):
        yield ask


@pytest.fixture
def archive(tmp_path) -> Path:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file, file.open("zeros", "w") as entry:
        for _ in range(SIZE // STEP):
            entry.write(bytes(STEP))
        entry.write(bytes(SIZE % STEP))
    return path


@pytest.fixture
def talk(start_server, session_cookie, alice, folder):
    """A server, and how to speak with it in Alice's session."""
    server = start_server(DIGI_FILES=str(folder))
    with connected(server, session_cookie(alice)) as ask:
        yield server, ask


def test_200_megabytes_are_taken_with_memory_flat_and_come_back_whole(talk, archive, writing, folder):
    server, ask = talk
    ask("GET", "me/").read()  # whatever a first request loads
    length = archive.stat().st_size

    with Peak(server.pid) as peak, archive.open("rb") as file:
        name = base64.b64encode(b"data.zip").decode()
        announced = {"Upload-Length": str(length), "Upload-Metadata": f"filename {name}"}
        upload = json.loads(ask("POST", "uploads/", **announced).read())["id"]
        for start in range(0, length, STEP):
            headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)}
            part = ask("PATCH", f"uploads/{upload}/", file.read(STEP), **headers)
            assert part.status == 204, part.read()
            part.read()
        body = json.dumps({"kind": "material", "upload": upload}).encode()
        added = ask("POST", f"theses/{writing.uuid}/documents/", body, **{"Content-Type": "application/json"})
        version = json.loads(added.read())
        assert added.status == 201, version

    digest = hashlib.sha256()
    fetched = ask("GET", version["file"].removeprefix("/api/v1/"))
    while piece := fetched.read(STEP):
        digest.update(piece)
    with Peak(server.pid) as packing:
        packed = ask("GET", f"theses/{writing.uuid}/export.zip")
        taken = sum(iter(lambda: len(packed.read(STEP)), 0))

    assert 199 * 1_048_576 < length < 200 * 1_048_576
    assert (fetched.status, digest.hexdigest(), version["size"]) == (200, version["sha256"], length)
    assert stored(folder) == [path_of(StoredFile.objects.get())]
    assert not Upload.objects.exists()
    assert peak.most - peak.before < ROOM
    assert (packed.status, taken > length) == (200, True)
    assert packing.most - packing.before < ROOM
