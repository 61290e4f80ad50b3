"""The documents page as a browser without scripts sees it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from digi.files.models import Upload
from tests.papers import pdf
from tests.thesis.documents.conftest import BETTER, PAPER
from tests.thesis.making import dated, leave, put, upload
from thesis.models import DocumentVersion
from thesis.services import discussion, theses
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"


@pytest.fixture
def writing(institute):
    return institute.thesis(state=State.WRITING)


def page(thesis) -> str:
    return reverse("thesis:documents", args=[thesis.uuid])


def sent(content: bytes = PAPER, name: str = "draft.pdf", **more) -> dict:
    return {"kind": "draft", "note": "", "file": SimpleUploadedFile(name, content)} | more


def test_page_is_for_those_who_work_on_the_thesis(client_for, writing, alice, bob, carol, grace, erin, dave, frank):
    writing.members.create(user=frank, role="examiner")
    leave(writing, frank)

    answers = {user.username: client_for(user).get(page(writing)).status_code for user in (alice, bob, carol, grace)}
    refused = {user.username: client_for(user).get(page(writing)).status_code for user in (erin, dave, frank)}

    assert set(answers.values()) == {200}
    assert set(refused.values()) == {404}


def test_page_shows_each_version_and_what_was_handed_in(client_for, writing, alice, bob):
    upload(writing, "draft")
    upload(writing, "final", BETTER)
    theses.transition(thesis=dated(writing), to="submitted", by=alice, declaration=True)

    body = client_for(bob).get(page(writing)).content.decode()

    version = DocumentVersion.objects.get(document__kind="final")
    assert body.index("Final version, version 1") < body.index("Draft, version 1")
    assert version.sha256 in body
    assert reverse("version_file", args=[version.uuid]) in body
    assert body.count("handed in, frozen") == 1
    assert reverse("thesis:receipt", args=[writing.uuid, version.receipts.get().uuid]) in body


def test_student_uploads_a_version_without_a_script(client_for, writing, alice):
    client = client_for(alice)

    answer = client.post(page(writing), sent(note="Section 4"))

    version = DocumentVersion.objects.get()
    assert answer.url == page(writing)
    assert (version.n, version.pages, version.note, version.uploaded_by) == (1, 2, "Section 4", alice)
    assert "Draft, version 1, is here." in client.get(page(writing)).content.decode()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ({"content": b"%PDF-1.7 cut"}, "damaged or was cut off"),
        ({"content": b"MZ"}, "not what its name says"),
        ({"content": b"x", "name": "virus.exe"}, "cannot be taken here"),
        ({"content": b""}, "The file is empty."),
    ],
)
def test_refused_file_says_why_and_keeps_what_was_typed(client_for, writing, alice, file, sentence):
    answer = client_for(alice).post(page(writing), sent(**file, note="My note"))

    body = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in body
    assert "My note</textarea>" in body
    assert not DocumentVersion.objects.exists()
    assert not Upload.objects.exists()


def test_same_file_again_is_refused_in_words(client_for, writing, alice):
    client = client_for(alice)
    client.post(page(writing), sent())

    answer = client.post(page(writing), sent())

    assert answer.status_code == 422
    assert "This very file is here already, as version 1." in answer.content.decode()
    assert DocumentVersion.objects.count() == 1


def test_only_students_upload(client_for, writing, bob, carol, erin, grace):
    answers = [client_for(user).post(page(writing), sent()).status_code for user in (bob, carol, erin)]

    assert answers == [403, 403, 404]
    assert 'id="upload"' not in client_for(bob).get(page(writing)).content.decode()
    assert client_for(grace).post(page(writing), sent()).status_code == 302  # a coordinator may act for anybody


def test_state_that_takes_nothing_offers_nothing(client_for, writing, alice):
    put(writing, state=State.WITHDRAWN)
    client = client_for(alice)

    assert 'id="upload"' not in client.get(page(writing)).content.decode()
    assert client.post(page(writing), sent()).status_code == 422


def test_remarks_on_a_version_are_counted_as_far_as_one_may_read_them(client_for, writing, alice, bob):
    version = upload(writing, "draft")
    for visibility in ("all", "staff"):
        discussion.open_thread(thesis=writing, by=bob, body="Why?", visibility=visibility, on=version)

    assert "1 remark open" in client_for(alice).get(page(writing)).content.decode()
    assert "2 remarks open" in client_for(bob).get(page(writing)).content.decode()


def test_page_asks_the_database_no_more_for_three_versions_than_for_one(client_for, writing, bob):
    client = client_for(bob)
    client.get(page(writing))
    counts = []
    for number in range(3):
        upload(writing, "draft", pdf(f"Draft {number}"))
        with CaptureQueriesContext(database) as queries:
            client.get(page(writing))
        counts.append(len(queries))

    assert counts[0] == counts[2]
