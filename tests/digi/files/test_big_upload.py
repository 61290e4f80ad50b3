"""200 MB through a real server, in parts, with its memory flat."""

import base64
import http.client
import json

import psutil
import pytest
from django.conf import settings

from digi.files.models import Upload
from digi.files.services import parts

SIZE = 200 * 1_048_576
STEP = 8 * 1_048_576
ROOM = 48 * 1_048_576  # bytes that the server may grow by: less than a quarter of the file


@pytest.fixture
def talk(start_server, session_cookie, alice, folder):
    """Speak with a server over one connection in Alice's session."""
    server = start_server(DIGI_FILES=str(folder))
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    token = "a" * 32
    cookie = f"{session_cookie(alice)}; {settings.CSRF_COOKIE_NAME}={token}"

    def ask(method: str, path: str, body: bytes = b"", **headers):
        link.request(method, path, body, {"Cookie": cookie, "X-CSRFToken": token} | headers)
        answer = link.getresponse()
        return answer, answer.read()

    yield server, ask
    link.close()


def test_200_megabytes_pass_through_with_memory_flat(talk):
    server, ask = talk
    process, piece = psutil.Process(server.pid), bytes(STEP)
    name = base64.b64encode(b"data.zip").decode()
    created, body = ask(
        "POST", "/api/v1/uploads/", **{"Upload-Length": str(SIZE), "Upload-Metadata": f"filename {name}"}
    )
    place = created.headers["Location"]

    def send(start: int) -> int:
        content = b"PK\x03\x04" + piece[4:] if start == 0 else piece
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)}
        answer, refusal = ask("PATCH", place, content, **headers)
        assert answer.status == 204, refusal
        return int(answer.headers["Upload-Offset"])

    start = send(0)
    before, peak = process.memory_info().rss, 0
    while start < SIZE:
        start = send(start)
        peak = max(peak, process.memory_info().rss)

    upload = Upload.objects.get()
    assert (created.status, json.loads(body)["size"]) == (201, SIZE)
    assert (upload.offset, upload.is_whole) == (SIZE, True)
    assert sum(path.stat().st_size for path in parts.folder_of(upload).iterdir()) == SIZE
    assert peak - before < ROOM
