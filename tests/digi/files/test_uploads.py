"""Uploads in parts: what is kept, what is refused, and that nothing is left behind."""

import os
import time
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.db import transaction
from django.utils import timezone

from digi.errors import Conflict, Invalid, NotFound, TooLarge
from digi.files import kinds
from digi.files.models import StoredFile, Upload
from digi.files.services import parts, uploads
from tests.digi.files.conftest import BOTH, ON_A_FOLDER, stored
from tests.digi.files.uploading import PAPER, again, begun, kept, sent

pytestmark = pytest.mark.django_db(transaction=True)
CARRIERS = BOTH


# From the first byte to the last


def test_upload_in_parts_becomes_one_file(alice, folder):
    upload = sent(begun(alice))

    file = kept(upload)

    assert (folder / file.path).read_bytes() == PAPER
    assert (file.name, file.media_type, file.size) == ("thesis.pdf", "application/pdf", len(PAPER))
    assert (file.sha256, file.purpose, file.owner) == (sha256(PAPER).hexdigest(), "document", alice)
    assert stored(folder) == [folder / file.path]
    assert not Upload.objects.exists()


def test_broken_upload_goes_on_where_it_broke_off(alice, folder):
    upload = begun(alice)
    uploads.write(upload=upload, by=alice, start=0, body=BytesIO(PAPER[:1500]))

    upload = again(upload)
    assert upload.offset == 1500
    file = kept(sent(upload))

    assert (folder / file.path).read_bytes() == PAPER


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
        uploads.keep(received=received)
        transaction.set_rollback(True)

    assert not StoredFile.objects.exists()
    assert [path for path in stored(folder) if "document" in path.parts] == []
    assert (folder / kept(again(upload)).path).read_bytes() == PAPER


def test_upload_is_kept_once(alice, folder):
    upload = sent(begun(alice))
    first = uploads.receive(upload=upload, by=alice, allowed=kinds.ALL)
    second = uploads.receive(upload=upload, by=alice, allowed=kinds.ALL)
    file = uploads.keep(received=first)

    with pytest.raises(Conflict) as raised:
        uploads.keep(received=second)

    assert raised.value.code == "used_upload"
    assert stored(folder) == [folder / file.path]
    with pytest.raises(NotFound):
        uploads.receive(upload=upload, by=alice, allowed=kinds.ALL)


# Announcing


@ON_A_FOLDER
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


@ON_A_FOLDER
def test_begin_takes_what_is_just_allowed(alice, folder):
    assert uploads.begin(owner=alice, name="thesis.pdf", size=200 * 1_048_576).offset == 0


@ON_A_FOLDER
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
def test_names_are_cleaned(alice, folder, given, name):
    assert uploads.begin(owner=alice, name=given, size=10).name == name


@ON_A_FOLDER
def test_nobody_has_more_than_so_many_on_their_way(alice, bob, folder, settings):
    settings.DIGI_LIMIT_UPLOADS = 2
    first = begun(alice)
    begun(alice)

    with pytest.raises(Conflict) as raised:
        begun(alice)

    assert (raised.value.code, raised.value.extra) == ("too_many_uploads", {"limit": 2})
    begun(bob)
    uploads.cancel(upload=first, by=alice)
    begun(alice)


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
    assert list((folder / "uploads").glob("*")) == []
    assert not Upload.objects.exists()


def test_half_an_upload_expires_a_day_after_its_last_part(alice, folder):
    upload = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    fresh = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    Upload.objects.filter(pk=upload.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(NotFound):
        uploads.write(upload=again(upload), by=alice, start=1000, body=BytesIO(PAPER[1000:]))
    assert list(Upload.objects.of(alice)) == [fresh]

    assert uploads.sweep() == 1
    assert [path.parent for path in stored(folder)] == [folder / parts.folder_of(fresh)]
    assert timedelta(days=1) == uploads.LIFETIME
    assert fresh.expires_at - timezone.now() > timedelta(hours=23)


@ON_A_FOLDER
def test_sweep_takes_folders_that_a_crash_has_left(alice, folder):
    fresh = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    for name, age in (("0" * 32, 25), ("1" * 32, 1)):
        orphan = folder / "uploads" / name
        orphan.mkdir()
        (orphan / "part").write_bytes(b"x")
        for path in (orphan / "part", orphan):
            os.utime(path, (time.time() - age * 3600,) * 2)

    assert uploads.sweep() == 1
    assert {path.name for path in (folder / "uploads").iterdir()} == {"1" * 32, fresh.uuid.hex}


@ON_A_FOLDER
def test_parts_are_for_nobody_else_on_the_machine(alice, folder):
    sent(begun(alice))

    assert {path.stat().st_mode & 0o777 for path in stored(folder)} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder / "uploads").iterdir()} == {0o700}
