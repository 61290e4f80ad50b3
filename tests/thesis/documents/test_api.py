"""The API of documents: who may what at every address, exact shapes, downloads, and what is published to whom."""

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from digi.accounts.models import Role
from digi.accounts.services import tokens
from digi.audit.models import AuditEvent
from digi.environment import Rate
from digi.files.services.storage import path_of
from digi.worker.services import jobs
from tests.factories import AffiliationFactory
from tests.thesis.documents.conftest import BETTER, PAPER, sent
from tests.thesis.making import dated, leave, put, upload
from thesis import days
from thesis.models import DocumentVersion, Receipt
from thesis.services import theses
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client_for):
    """Ask in a person's session: `api(alice, "get", "versions/…/")`."""

    def ask(user, method: str, path: str, body=None, **more):
        client = client_for(user) if user else Client()
        answer = getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json", **more)
        return read(answer)

    return ask


def read(answer):
    """The answer with its bytes; its file is closed by that."""
    answer.sent = b"".join(answer) if answer.streaming else answer.content
    return answer


@pytest.fixture
def handed_in(writing, alice):
    """The thesis with a draft and a final version that was handed in."""
    upload(writing, "draft")
    upload(writing, "final", BETTER)
    theses.transition(thesis=dated(writing), to="submitted", by=alice, declaration=True)
    writing.refresh_from_db()
    return writing


# Who may what

READING = [
    "theses/{thesis}/documents/",
    "theses/{thesis}/receipts/",
    "theses/{thesis}/receipts/{receipt}/",
    "theses/{thesis}/export.zip",
    "versions/{version}/",
    "versions/{version}/file/",
    "versions/{version}/text/",
]
EACH = pytest.mark.parametrize("path", READING)


def address(thesis, path: str) -> str:
    version = DocumentVersion.objects.get(document__thesis=thesis, document__kind="final")
    return path.format(thesis=thesis.uuid, version=version.uuid, receipt=Receipt.objects.get().uuid)


@EACH
@pytest.mark.parametrize("who", ["alice", "bob", "carol", "grace", "root"])
def test_who_works_on_the_thesis_reads(request, api, handed_in, path, who):
    answer = api(request.getfixturevalue(who), "get", address(handed_in, path))

    assert answer.status_code == 200


@EACH
def test_outsider_former_member_and_other_roles_find_nothing(
    api, handed_in, path, erin, dave, heidi, frank, alice, bob
):
    leave(handed_in, alice)
    leave(handed_in, bob)
    where = address(handed_in, path)

    answers = [api(who, "get", where) for who in (erin, dave, heidi, frank, alice, bob)]

    assert [answer.status_code for answer in answers] == [404] * 6
    missing = api(erin, "get", where.replace(where.split("/")[1], str(uuid4())))
    assert {answer.json()["code"] for answer in (*answers, missing)} == {"not_found"}


@EACH
def test_signed_out_is_asked_to_sign_in(api, handed_in, path):
    answer = api(None, "get", address(handed_in, path))

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@EACH
def test_token_needs_the_scope(handed_in, alice, path):
    def ask(*scopes: str) -> int:
        _, secret = tokens.create(user=alice, name="one", scopes=list(scopes))
        where = f"/api/v1/{address(handed_in, path)}"
        return read(Client().get(where, headers={"Authorization": f"Bearer {secret}"})).status_code

    assert (ask("theses:read"), ask("theses:write", "files:write", "rooms:read")) == (200, 403)


def test_own_upload_is_fetched_only_where_the_thesis_lets_one(client_for, handed_in, alice):
    """The general address of files would hand a former member what they once sent."""
    version = DocumentVersion.objects.first()

    assert version.file.owner == alice
    assert client_for(alice).get(f"/files/{version.file.uuid}/").status_code == 404


def test_look_of_an_administrator_is_audited(api, handed_in, root):
    for path in ("versions/{version}/file/", "versions/{version}/text/", "theses/{thesis}/documents/"):
        api(root, "get", address(handed_in, path))

    assert AuditEvent.objects.filter(action="thesis.viewed", actor=root).count() == 3


# Adding


def body_of(upload, **more) -> str:
    return json.dumps({"kind": "draft", "upload": str(upload)} | more)


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
    ("who", "status"), [("bob", 403), ("carol", 403), ("erin", 404), ("dave", 404), ("grace", 201), ("alice", 201)]
)
def test_adding_is_for_students(request, api, writing, who, status):
    user = request.getfixturevalue(who)

    answer = api(user, "post", f"theses/{writing.uuid}/documents/", body_of(sent(user)))

    assert answer.status_code == status
    assert DocumentVersion.objects.count() == (status == 201)


def test_former_student_and_stranger_add_nothing(api, writing, alice):
    upload = sent(alice)
    leave(writing, alice)

    former = api(alice, "post", f"theses/{writing.uuid}/documents/", body_of(upload))
    stranger = api(None, "post", f"theses/{writing.uuid}/documents/", body_of(upload))

    assert (former.status_code, stranger.status_code) == (404, 401)


def test_token_adds_with_the_scope_for_writing(writing, alice):
    def ask(*scopes: str) -> int:
        _, secret = tokens.create(user=alice, name="one", scopes=list(scopes))
        return (
            Client()
            .post(
                f"/api/v1/theses/{writing.uuid}/documents/",
                body_of(sent(alice)),
                content_type="application/json",
                headers={"Authorization": f"Bearer {secret}"},
            )
            .status_code
        )

    assert (ask("theses:read", "files:write"), ask("theses:write")) == (403, 201)


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


# What is published

EVERYBODY = ("erin", "dave", "heidi", None)  # another department, a student, a supervisor, signed out
PUBLISHED = [
    ("private", "completed", None, set()),
    ("internal", "completed", None, {"heidi"}),
    ("students", "completed", None, {"heidi", "dave"}),
    ("public", "completed", None, set(EVERYBODY)),
    ("public", "archived", None, set(EVERYBODY)),
    ("public", "archived", 0, set(EVERYBODY)),
    ("public", "archived", 1, set()),
    ("internal", "archived", 1, set()),
    ("public", "graded", None, set()),
    ("public", "submitted", None, set()),
    ("public", "withdrawn", None, set()),
]


@pytest.mark.parametrize(("visibility", "state", "embargo", "let_in"), PUBLISHED)
def test_file_goes_to_whom_the_visibility_names(request, handed_in, visibility, state, embargo, let_in):
    until = None if embargo is None else days.today() + timedelta(days=embargo)
    put(handed_in, visibility=visibility, state=state, embargo_until=until)
    people = {
        name: request.getfixturevalue(name) if name else AnonymousUser() for name in (*EVERYBODY, "alice", "grace")
    }

    found = {name for name, user in people.items() if DocumentVersion.objects.readable_by(user).exists()}

    assert found == let_in | {"alice", "grace"}


def test_only_the_version_that_was_handed_in_last_is_published(api, handed_in, alice, erin):
    put(handed_in, state=State.REVISION)
    last = upload(handed_in, "final", PAPER)
    theses.transition(thesis=handed_in, to="submitted", by=alice, declaration=True)
    handed_in.refresh_from_db()
    put(handed_in, state=State.ARCHIVED, visibility="public")

    answers = {
        version.uuid: [api(who, "get", f"versions/{version.uuid}/file/").status_code for who in (erin, None)]
        for version in DocumentVersion.objects.all()
    }

    assert len(answers) == 3
    assert answers.pop(last.uuid) == [200, 200]
    assert set(map(tuple, answers.values())) == {(404, 401)}


def test_published_file_brings_nothing_else_along(api, handed_in, erin):
    put(handed_in, state=State.ARCHIVED, visibility="public")

    for path in READING:
        expected = (200, 200) if path.endswith("/file/") else (404, 401)
        where = address(handed_in, path)
        assert tuple(api(who, "get", where).status_code for who in (erin, None)) == expected, path


def test_coordinator_of_another_department_is_an_outsider(api, handed_in, person):
    other = person("olga")
    AffiliationFactory(user=other, role=Role.COORDINATOR)

    for path in READING:
        assert api(other, "get", address(handed_in, path)).status_code == 404
