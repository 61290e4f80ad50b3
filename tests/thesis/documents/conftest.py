"""A thesis that Alice writes, with files in a folder of the test's own."""

from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from digi.files.services import uploads
from tests.papers import pdf
from tests.thesis.documents.asking import read
from tests.thesis.making import dated, upload
from thesis.models import DocumentVersion
from thesis.services import documents, theses
from thesis.states import State

PAPER = pdf("First page. It is short.", "Second page. It is shorter.")
BETTER = pdf("First page. It is now longer.", "Second page. It is shorter.")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """Where this test's files lie."""
    settings.DIGI_FILES = tmp_path / "files"
    return settings.DIGI_FILES


@pytest.fixture
def writing(institute):
    """A thesis that is being written."""
    return institute.thesis(state=State.WRITING, title="Bounded lag")


@pytest.fixture
def added(writing, alice):
    """Add a version: `added("final", PAPER)`."""

    def add(kind: str = "draft", content: bytes = PAPER, *, by=alice, name: str = "thesis.pdf", **more):
        upload = sent(by, content, name)
        return documents.add(thesis=writing, by=by, kind=kind, upload_id=upload, **more)

    return add


@pytest.fixture
def version(added) -> DocumentVersion:
    return added()


def sent(owner, content: bytes = PAPER, name: str = "thesis.pdf") -> UUID:
    """A whole upload."""
    upload = uploads.begin(owner=owner, name=name, size=len(content))
    return uploads.write(upload=upload, by=owner, start=0, body=BytesIO(content)).uuid


@pytest.fixture
def api(client_for):
    """Ask in a person's session: `api(alice, "get", "versions/…/")`."""

    def ask(user, method: str, path: str, body=None, **more):
        client = client_for(user) if user else Client()
        answer = getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json", **more)
        return read(answer)

    return ask


@pytest.fixture
def handed_in(writing, alice):
    """The thesis with a draft and a final version that was handed in."""
    upload(writing, "draft")
    upload(writing, "final", BETTER)
    theses.transition(thesis=dated(writing), to="submitted", by=alice, declaration=True)
    writing.refresh_from_db()
    return writing
