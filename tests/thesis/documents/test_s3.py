"""Documents in a bucket: read by the worker, exported, erased; and sent to two servers, one of which dies."""

import base64
import hashlib
import json
import zipfile
from io import BytesIO

import pytest

from digi.accounts.services import export as own
from digi.accounts.services import people
from digi.files import archives
from digi.files.models import StoredFile, Upload
from digi.worker.services import jobs
from tests.digi.files.conftest import stored
from tests.thesis.documents.conftest import PAPER
from tests.thesis.documents.test_big_file import Peak, connected
from thesis.models import Reading
from thesis.services import export

STEP = 8 * 1_048_576
SIZE = 5 * STEP
ROOM = 24 * 1_048_576  # bytes that a server may grow by


@pytest.fixture(autouse=True)
def folder(s3):
    return s3.folder


def unzipped(entries) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(b"".join(archives.packed(entries))))


@pytest.mark.django_db(transaction=True)
def test_the_worker_reads_a_document(version):
    jobs.run_due()

    assert Reading.objects.get().text == "First page. It is short.\fSecond page. It is shorter."


@pytest.mark.django_db(transaction=True)
def test_exports_hold_the_file(version, writing, alice):
    thesis, mine = unzipped(export.entries(thesis=writing, by=alice)), unzipped(own.entries(alice))

    assert thesis.read("documents/draft/001-thesis.pdf") == PAPER
    assert [mine.read(name) for name in mine.namelist() if name.endswith("thesis.pdf")] == [PAPER]


@pytest.mark.django_db(transaction=True)
def test_an_erasure_takes_the_bytes(version, alice, folder):
    assert len(stored(folder)) == 1

    people.anonymise(user=alice)

    assert stored(folder) == []


@pytest.fixture
def content() -> bytes:
    """An archive of 40 MiB."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as file:
        file.writestr("zeros", bytes(SIZE))
    return made.getvalue()


def test_a_file_sent_to_two_servers_is_whole_with_memory_flat(
    start_server, session_cookie, alice, writing, s3, tmp_path, folder, content
):
    first, second = (start_server(**s3.environment(tmp_path / name)) for name in ("a", "b"))
    cookie = session_cookie(alice)
    with connected(first, cookie) as ask:
        upload = announced(ask, len(content))
        send(ask, upload, content, 0)
    first.kill()

    with connected(second, cookie) as ask:
        ask("GET", "me/").read()  # whatever a first request loads
        with Peak(second.pid) as peak:
            for start in range(STEP, len(content), STEP):
                send(ask, upload, content, start)
            body = json.dumps({"kind": "material", "upload": upload}).encode()
            added = ask("POST", f"theses/{writing.uuid}/documents/", body, **{"Content-Type": "application/json"})
            version = json.loads(added.read())
            assert added.status == 201, version
            place = version["file"].removeprefix("/api/v1/")
            digest = digest_of(ask("GET", place))
            part = ask("GET", place, Range=f"bytes={STEP}-{STEP + 9}").read()
            exported = ask("GET", f"theses/{writing.uuid}/export.zip")
            taken = sum(iter(lambda: len(exported.read(STEP)), 0))

    assert digest == version["sha256"] == hashlib.sha256(content).hexdigest()
    assert part == content[STEP : STEP + 10]
    assert taken > len(content)
    assert stored(folder) == [folder / StoredFile.objects.get().path]
    assert not Upload.objects.exists()
    assert stored(tmp_path / "b") == []
    assert peak.most - peak.before < ROOM


def announced(ask, size: int) -> str:
    name = base64.b64encode(b"data.zip").decode()
    headers = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    return json.loads(ask("POST", "uploads/", **headers).read())["id"]


def send(ask, upload: str, content: bytes, start: int) -> None:
    headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)}
    answer = ask("PATCH", f"uploads/{upload}/", content[start : start + STEP], **headers)
    assert (answer.status, answer.read()) == (204, b"")


def digest_of(answer) -> str:
    found = hashlib.sha256()
    while piece := answer.read(STEP):
        found.update(piece)
    return found.hexdigest()
