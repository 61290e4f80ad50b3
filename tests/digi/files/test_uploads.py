"""Uploads in parts: what is kept, what is refused, and that nothing is left behind."""

import os
import time
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.db import transaction
from django.utils import timezone

from digi.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from digi.files import kinds
from digi.files.models import DOCUMENT, StoredFile, Upload
from digi.files.services import examination, parts, storage, uploads
from digi.files.services.parts import Checksum, ChecksumMismatch
from tests.digi.files.conftest import stored
from tests.papers import archive, bomb, encrypted_pdf, pdf

pytestmark = pytest.mark.django_db(transaction=True)

PAPER = pdf(*(f"page {number}" for number in range(20)))


def begun(owner, name: str = "thesis.pdf", content: bytes = PAPER) -> Upload:
    return uploads.begin(owner=owner, name=name, size=len(content))


def sent(upload: Upload, content: bytes = PAPER, step: int = 1000) -> Upload:
    """Send what is missing in parts."""
    for start in range(upload.offset, len(content), step):
        upload = uploads.write(upload=upload, by=upload.owner, start=start, body=BytesIO(content[start : start + step]))
    return upload


def kept(upload: Upload, allowed=kinds.ALL) -> StoredFile:
    received = uploads.receive(upload=upload, by=upload.owner, allowed=allowed)
    return uploads.keep(received=received, purpose=DOCUMENT)


def again(upload: Upload) -> Upload:
    """The upload as another request would read it."""
    return Upload.objects.get(pk=upload.pk)


# From the first byte to the last


def test_upload_in_parts_becomes_one_file(alice, folder):
    upload = sent(begun(alice))

    file = kept(upload)

    assert storage.path_of(file).read_bytes() == PAPER
    assert (file.name, file.media_type, file.size) == ("thesis.pdf", "application/pdf", len(PAPER))
    assert (file.sha256, file.purpose, file.owner) == (sha256(PAPER).hexdigest(), "document", alice)
    assert stored(folder) == [storage.path_of(file)]
    assert not Upload.objects.exists()


def test_broken_upload_goes_on_where_it_broke_off(alice):
    upload = begun(alice)
    uploads.write(upload=upload, by=alice, start=0, body=BytesIO(PAPER[:1500]))

    upload = again(upload)
    assert upload.offset == 1500
    file = kept(sent(upload))

    assert storage.path_of(file).read_bytes() == PAPER


def test_receive_finds_facts_and_leaves_the_upload_until_it_is_kept(alice):
    upload = sent(begun(alice))

    received = uploads.receive(upload=upload, by=alice, allowed=[kinds.PDF])

    assert received.facts == {"pages": 20}
    assert (received.kind, received.sha256) == (kinds.PDF, sha256(PAPER).hexdigest())
    assert Upload.objects.get().is_whole


def test_keep_that_is_taken_back_leaves_the_upload_usable(alice, folder):
    upload = sent(begun(alice))
    received = uploads.receive(upload=upload, by=alice, allowed=kinds.ALL)

    with transaction.atomic():
        uploads.keep(received=received, purpose=DOCUMENT)
        transaction.set_rollback(True)

    assert not StoredFile.objects.exists()
    assert [path for path in stored(folder) if "document" in path.parts] == []
    assert storage.path_of(kept(again(upload))).read_bytes() == PAPER


def test_upload_is_kept_once(alice, folder):
    upload = sent(begun(alice))
    first = uploads.receive(upload=upload, by=alice, allowed=kinds.ALL)
    second = uploads.receive(upload=upload, by=alice, allowed=kinds.ALL)
    file = uploads.keep(received=first, purpose=DOCUMENT)

    with pytest.raises(Conflict) as raised:
        uploads.keep(received=second, purpose=DOCUMENT)

    assert raised.value.code == "used_upload"
    assert stored(folder) == [storage.path_of(file)]
    with pytest.raises(NotFound):
        uploads.receive(upload=upload, by=alice, allowed=kinds.ALL)


# Announcing


@pytest.mark.parametrize(
    ("name", "size", "kind", "code"),
    [
        ("thesis.pdf", 0, Invalid, "empty"),
        ("thesis.pdf", -1, Invalid, "empty"),
        ("thesis.pdf", 201 * 1_048_576, TooLarge, "too_large"),
        ("thesis.pdf", 200 * 1_048_576 + 1, TooLarge, "too_large"),
        ("", 10, Invalid, "unnamed"),
        ("\u202e \n", 10, Invalid, "unnamed"),
        ("page.html", 10, Invalid, "unknown_kind"),
        ("page.svg", 10, Invalid, "unknown_kind"),
        ("thesis.pdf.exe", 10, Invalid, "unknown_kind"),
        ("thesis", 10, Invalid, "unknown_kind"),
        ("old.doc", 10, Invalid, "unknown_kind"),
    ],
)
def test_begin_refuses(alice, folder, name, size, kind, code):
    with pytest.raises(kind) as raised:
        uploads.begin(owner=alice, name=name, size=size)

    assert raised.value.code == code
    assert not Upload.objects.exists()
    assert stored(folder) == []


def test_begin_takes_what_is_just_allowed(alice):
    assert uploads.begin(owner=alice, name="thesis.pdf", size=200 * 1_048_576).offset == 0


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/thesis.pdf", "thesis.pdf"),
        ("C:\\Users\\a\\thesis.PDF", "thesis.PDF"),
        ("fdp.\u202etxt.pdf", "fdp.txt.pdf"),
        (".pdf.pdf", "pdf.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(alice, given, name):
    assert uploads.begin(owner=alice, name=given, size=10).name == name


def test_nobody_has_more_than_so_many_on_their_way(alice, bob, settings):
    settings.DIGI_LIMIT_UPLOADS = 2
    first = begun(alice)
    begun(alice)

    with pytest.raises(Conflict) as raised:
        begun(alice)

    assert (raised.value.code, raised.value.extra) == ("too_many_uploads", {"limit": 2})
    begun(bob)
    uploads.cancel(upload=first, by=alice)
    begun(alice)


# Parts that do not fit


@pytest.mark.parametrize("start", [0, 999, 1001, 10**9])
def test_part_at_the_wrong_place_is_told_the_right_one(alice, folder, start):
    upload = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))

    with pytest.raises(Conflict) as raised:
        uploads.write(upload=upload, by=alice, start=start, body=BytesIO(b"x"))

    assert (raised.value.code, raised.value.extra) == ("wrong_offset", {"offset": 1000})
    assert len(stored(folder)) == 1


def test_of_two_clients_at_one_upload_one_wins(alice, folder):
    upload = begun(alice)
    mine, theirs = again(upload), again(upload)
    uploads.write(upload=mine, by=alice, start=0, body=BytesIO(PAPER[:1000]))

    with pytest.raises(Conflict) as raised:
        uploads.write(upload=theirs, by=alice, start=0, body=BytesIO(PAPER[:700]))

    assert raised.value.extra == {"offset": 1000}
    assert len(stored(folder)) == 1
    assert storage.path_of(kept(sent(again(upload)))).read_bytes() == PAPER


def test_part_that_comes_while_the_upload_ends_finds_nothing(alice, folder):
    upload = sent(begun(alice))
    late = again(upload)
    late.offset, late.parts = 1000, late.parts[:1]
    kept(upload)

    with pytest.raises(NotFound):
        uploads.write(upload=late, by=alice, start=1000, body=BytesIO(PAPER[1000:2000]))

    assert len(stored(folder)) == 1
    assert list((folder / "uploads").iterdir()) == []


def test_more_bytes_than_announced_are_refused(alice, folder):
    upload = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))

    with pytest.raises(TooLarge) as raised:
        uploads.write(upload=upload, by=alice, start=1000, body=BytesIO(PAPER[1000:] + b"x"))

    assert raised.value.code == "beyond_length"
    assert again(upload).offset == 1000
    assert len(stored(folder)) == 1


def test_part_that_was_changed_on_its_way_is_refused_and_may_come_again(alice, folder):
    upload, checksum = begun(alice), Checksum("sha256", sha256(PAPER).digest())

    with pytest.raises(ChecksumMismatch) as raised:
        uploads.write(upload=upload, by=alice, start=0, body=BytesIO(PAPER[:-1] + b"x"), checksum=checksum)

    assert raised.value.status == 460
    assert stored(folder) == []
    assert again(upload).offset == 0
    assert uploads.write(upload=upload, by=alice, start=0, body=BytesIO(PAPER), checksum=checksum).is_whole


def test_empty_part_changes_nothing(alice, folder):
    upload = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(b""))

    assert (upload.offset, upload.parts) == (0, [])
    assert stored(folder) == []


def test_upload_in_crumbs_is_refused(alice, monkeypatch):
    monkeypatch.setattr(uploads, "PARTS", 2)
    upload = sent(begun(alice), PAPER[:200], step=100)

    with pytest.raises(Conflict) as raised:
        uploads.write(upload=upload, by=alice, start=200, body=BytesIO(b"x"))

    assert raised.value.code == "too_many_parts"


def test_full_disk_is_said_and_leaves_nothing(alice, folder, monkeypatch):
    def full(handle):
        raise OSError(28, os.strerror(28))

    upload = begun(alice)
    monkeypatch.setattr(parts.os, "fsync", full)

    with pytest.raises(Unavailable) as raised:
        uploads.write(upload=upload, by=alice, start=0, body=BytesIO(PAPER))

    assert raised.value.code == "storage_full"
    assert stored(folder) == []


# Files that may not be kept


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


# Whose it is, and until when


def test_nobody_else_touches_an_upload(alice, bob):
    upload = begun(alice)

    with pytest.raises(NotFound):
        uploads.write(upload=upload, by=bob, start=0, body=BytesIO(PAPER))
    with pytest.raises(NotFound):
        uploads.cancel(upload=upload, by=bob)
    upload = sent(upload)
    with pytest.raises(NotFound):
        uploads.receive(upload=upload, by=bob, allowed=kinds.ALL)

    assert list(Upload.objects.of(bob)) == []
    assert Upload.objects.get().is_whole


def test_cancelled_upload_leaves_nothing(alice, folder):
    upload = sent(begun(alice))

    uploads.cancel(upload=upload, by=alice)

    assert stored(folder) == []
    assert list((folder / "uploads").iterdir()) == []
    assert not Upload.objects.exists()


def test_half_an_upload_expires_a_day_after_its_last_part(alice, folder):
    upload = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    fresh = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    Upload.objects.filter(pk=upload.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(NotFound):
        uploads.write(upload=again(upload), by=alice, start=1000, body=BytesIO(PAPER[1000:]))
    assert list(Upload.objects.of(alice)) == [fresh]

    assert uploads.sweep() == 1
    assert [path.parent for path in stored(folder)] == [parts.folder_of(fresh)]
    assert timedelta(days=1) == uploads.LIFETIME
    assert fresh.expires_at - timezone.now() > timedelta(hours=23)


def test_sweep_takes_folders_that_a_crash_has_left(alice, folder):
    fresh = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    for name, age in (("0" * 32, 25), ("1" * 32, 1)):
        orphan = folder / "uploads" / name
        orphan.mkdir()
        (orphan / "part").write_bytes(b"x")
        os.utime(orphan, (time.time() - age * 3600,) * 2)

    assert uploads.sweep() == 1
    assert {path.name for path in (folder / "uploads").iterdir()} == {"1" * 32, fresh.uuid.hex}


def test_parts_are_for_nobody_else_on_the_machine(alice, folder):
    sent(begun(alice))

    assert {path.stat().st_mode & 0o777 for path in stored(folder)} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder / "uploads").iterdir()} == {0o700}
