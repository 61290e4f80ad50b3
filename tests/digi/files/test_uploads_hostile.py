"""Uploads that may not be kept are refused and leave nothing behind."""

from io import BytesIO

import pytest

from digi.errors import Conflict, Invalid, TooLarge, Unavailable
from digi.files import kinds
from digi.files.models import StoredFile, Upload
from digi.files.services import examination, uploads
from tests.digi.files.conftest import stored
from tests.digi.files.uploading import PAPER, again, begun, kept, sent
from tests.papers import archive, bomb, encrypted_pdf

pytestmark = pytest.mark.django_db(transaction=True)


def test_html_as_pdf_is_refused_by_its_first_bytes(alice, folder):
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    upload = begun(alice, content=page)

    with pytest.raises(Invalid) as raised:
        uploads.write(upload=upload, by=alice, start=0, body=BytesIO(page))

    assert raised.value.code == "mislabelled"
    assert "thesis.pdf" in str(raised.value.message)
    assert stored(folder) == []
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "kind", "code"),
    [
        ("crumbs.pdf", b"<html>", Invalid, "mislabelled"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(100), Invalid, "mislabelled"),
        ("paper.zip", PAPER, Invalid, "mislabelled"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), Invalid, "mislabelled"),
        ("cut.pdf", PAPER[:1000], Invalid, "corrupt"),
        ("locked.pdf", encrypted_pdf(), Invalid, "encrypted"),
        ("bomb.zip", bomb(), TooLarge, "archive_bomb"),
        ("sheet.docx", archive(), Invalid, "mislabelled"),
    ],
)
def test_hostile_files_are_refused_and_leave_nothing(alice, folder, name, content, kind, code):
    step = 5 if len(content) < 1000 else 100_000  # so little that the first part does not show the kind

    with pytest.raises(kind) as raised:
        kept(sent(begun(alice, name, content), content, step))

    assert raised.value.code == code
    assert stored(folder) == []
    assert not Upload.objects.exists()
    assert not StoredFile.objects.exists()


def test_kind_that_is_not_allowed_here_stays_an_upload(alice):
    upload = sent(begun(alice))

    with pytest.raises(Invalid) as raised:
        kept(upload, allowed=kinds.SLIDES)

    assert raised.value.code == "unknown_kind"
    assert "PPTX, ODP" in str(raised.value.message)
    assert kept(upload, allowed=[kinds.PDF])


def test_upload_that_is_not_whole_cannot_be_kept(alice):
    upload = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))

    with pytest.raises(Conflict) as raised:
        kept(upload)

    assert (raised.value.code, raised.value.extra) == ("incomplete", {"offset": 1000})
    assert again(upload).offset == 1000


def test_busy_examiners_cost_no_upload(alice, monkeypatch, folder):
    upload = sent(begun(alice))
    monkeypatch.setattr(examination, "PATIENCE", 0.01)
    monkeypatch.setattr(examination, "_seats", examination.BoundedSemaphore(1))

    with examination._seat(), pytest.raises(Unavailable):
        kept(upload)

    assert [path for path in stored(folder) if path.name.startswith("whole")] == []
    assert kept(upload)
