"""The API of documents: who may what at every address, exact shapes, downloads, and what is published to whom."""

import asyncio
import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext

from digi.environment import Rate
from digi.worker.services import jobs
from tests.files import path_of
from tests.thesis.documents.asking import body_of, read
from tests.thesis.documents.conftest import BETTER, PAPER, sent
from tests.thesis.making import leave, put, upload
from thesis.models import DocumentVersion, Receipt
from thesis.states import State

pytestmark = pytest.mark.django_db


# Adding


def test_adding_a_version(api, writing, alice):
    answer = api(alice, "post", f"theses/{writing.uuid}/documents/", body_of(sent(alice), note="Second half."))

    shown = answer.json()
    version = DocumentVersion.objects.get()
    assert answer.status_code == 201
    assert shown.pop("created_at").endswith("Z")
    assert shown.pop("uploaded_by")["user"] == "alice"
    assert shown == {
        "id": str(version.uuid),
        "n": 1,
        "name": "thesis.pdf",
        "media_type": "application/pdf",
        "size": len(PAPER),
        "sha256": version.sha256,
        "pages": 2,
        "note": "Second half.",
        "reading": "waiting",
        "findings": [],
        "file": f"/api/v1/versions/{version.uuid}/file/",
    }


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"kind": "novel"}, 400, "invalid"),
        ({"upload": "x"}, 400, "invalid"),
        ({"upload": str(uuid4())}, 404, "unknown_upload"),
        ({"note": "x" * 2001}, 400, "invalid"),
    ],
)
def test_adding_what_makes_no_sense(api, writing, alice, body, status, code):
    whole = {"kind": "draft", "upload": str(uuid4())} if body else {}

    answer = api(alice, "post", f"theses/{writing.uuid}/documents/", json.dumps(whole | body))

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_adding_is_throttled_by_itself(api, writing, alice, settings):
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"examinations": Rate(2, 60)}

    asked = [api(alice, "post", f"theses/{writing.uuid}/documents/", body_of(uuid4())).status_code for _ in range(3)]

    assert asked == [404, 404, 429]
    assert api(alice, "get", f"theses/{writing.uuid}/documents/").status_code == 200


# Reading


def test_documents_are_listed_with_their_versions(api, added, writing, alice):
    first, second, other = added("draft"), added("draft", BETTER), added("final")

    found = api(alice, "get", f"theses/{writing.uuid}/documents/").json()["results"]

    assert [(one["kind"], one["title"]) for one in found] == [("draft", "Draft"), ("final", "Final version")]
    listed = [[version["id"] for version in one["versions"]] for one in found]
    assert listed == [[str(second.uuid), str(first.uuid)], [str(other.uuid)]]


def test_documents_take_the_same_queries_for_one_and_three(client_for, writing, alice):
    client, counted = client_for(alice), []
    client.get(f"/api/v1/theses/{writing.uuid}/documents/")
    for kind in ("draft", "final", "slides"):
        upload(writing, kind)
        upload(writing, kind)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/api/v1/theses/{writing.uuid}/documents/")
        counted.append(len(captured))

    assert counted[0] == counted[2]


def test_text_and_changes(api, added, alice):
    before, after = added(), added(content=BETTER)
    waiting = api(alice, "get", f"versions/{after.uuid}/text/").json()
    early = api(alice, "get", f"versions/{after.uuid}/diff/")
    jobs.run_due()

    text = api(alice, "get", f"versions/{after.uuid}/text/").json()
    found = api(alice, "get", f"versions/{after.uuid}/diff/").json()
    named = api(alice, "get", f"versions/{before.uuid}/diff/?against={after.uuid}").json()

    assert waiting == {"state": "waiting", "text": "", "fonts": [], "metadata": {}, "findings": []}
    assert (early.status_code, early.json()["code"], early.headers["Retry-After"]) == (409, "text_waiting", "5")
    assert text["text"] == "First page. It is now longer.\fSecond page. It is shorter."
    assert found == {
        "before": str(before.uuid),
        "after": str(after.uuid),
        "words": {"before": 10, "after": 11},
        "changes": [
            {
                "before_page": 1,
                "after_page": 1,
                "pieces": [["same", "It is"], ["old", "short."], ["new", "now longer."]],
            }
        ],
    }
    assert (named["before"], named["after"]) == (str(after.uuid), str(before.uuid))


def test_changes_against_what_one_may_not_read_or_what_is_none(api, added, alice, erin, institute):
    version = added()
    foreign = upload(put(institute.thesis(title="Erin's"), state=State.WRITING), "draft")
    leave(foreign.document.thesis, alice)

    def ask(against: str, who=alice) -> tuple:
        answer = api(who, "get", f"versions/{version.uuid}/diff/{against}")
        return answer.status_code, answer.json()["code"]

    assert ask("") == (409, "first_version")
    assert ask(f"?against={foreign.uuid}") == (404, "not_found")
    assert ask(f"?against={uuid4()}") == (404, "not_found")
    assert ask("?against=x") == (400, "invalid")
    assert ask("", erin) == (404, "not_found")
    assert ask("", None) == (401, "not_authenticated")


# Downloads


def test_file_is_an_attachment_that_no_browser_guesses_about(client_for, version, alice):
    answer = read(client_for(alice).get(f"/api/v1/versions/{version.uuid}/file/", headers={"Accept": "text/html"}))

    assert answer.sent == PAPER
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="thesis.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_file_comes_in_ranges_and_not_twice(client_for, version, alice):
    client, where = client_for(alice), f"/api/v1/versions/{version.uuid}/file/"

    part = read(client.get(where, headers={"Range": "bytes=5-9"}))
    behind = client.get(where, headers={"Range": "bytes=999999-"})
    known = client.get(where, headers={"If-None-Match": part.headers["ETag"]})
    head = client.head(where)

    assert (part.status_code, part.sent) == (206, PAPER[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(PAPER)}"
    assert (behind.status_code, known.status_code) == (416, 304)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(PAPER)))


@pytest.mark.django_db(transaction=True)
def test_asgi_sends_file_and_archive_in_pieces(version, writing, alice):
    client = AsyncClient()
    client.force_login(alice)

    async def fetch(path: str) -> bytes:
        answer = await client.get(f"/api/v1/{path}")
        assert answer.is_async
        return b"".join([piece async for piece in answer])

    file = asyncio.run(fetch(f"versions/{version.uuid}/file/"))
    archive = asyncio.run(fetch(f"theses/{writing.uuid}/export.zip"))

    assert file == PAPER
    assert zipfile.ZipFile(io.BytesIO(archive)).read("documents/draft/001-thesis.pdf") == PAPER


def test_lost_bytes_are_a_404(api, version, alice):
    path_of(version.file).unlink()

    assert api(alice, "get", f"versions/{version.uuid}/file/").status_code == 404


def test_archive_is_an_attachment_named_after_the_thesis(api, writing, alice):
    put(writing, title="Bounded lag: “live”/../")

    answer = api(alice, "get", f"theses/{writing.uuid}/export.zip")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="bounded-lag-live.zip"'
    assert answer.headers["Content-Type"] == "application/zip"


def test_receipt_is_fetched_as_a_file(api, handed_in, alice):
    receipt = Receipt.objects.get()

    listed = api(alice, "get", f"theses/{handed_in.uuid}/receipts/").json()["results"]
    one = api(alice, "get", f"theses/{handed_in.uuid}/receipts/{receipt.uuid}/")

    assert listed == [one.json()]
    assert one.json()["signature"] == receipt.signature
    assert one.headers["Content-Disposition"] == f'attachment; filename="receipt-{receipt.uuid}.json"'


def test_receipt_of_another_thesis_is_not_here(api, handed_in, institute, alice):
    other = institute.thesis(title="Another")

    assert api(alice, "get", f"theses/{other.uuid}/receipts/{Receipt.objects.get().uuid}/").status_code == 404


EVERYBODY = ("erin", "dave", "heidi", None)  # another department, a student, a supervisor, signed out
