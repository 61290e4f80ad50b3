"""Parts of an upload that do not fit."""

import os
from hashlib import sha256
from io import BytesIO

import pytest

from digi.errors import Conflict, NotFound, TooLarge, Unavailable
from digi.files.services import parts, uploads
from digi.files.services.parts import Checksum, ChecksumMismatch
from tests.digi.files.conftest import BOTH, stored
from tests.digi.files.uploading import PAPER, again, begun, kept, sent

pytestmark = pytest.mark.django_db(transaction=True)
CARRIERS = BOTH


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
    assert (folder / kept(sent(again(upload))).path).read_bytes() == PAPER


def test_part_that_comes_while_the_upload_ends_finds_nothing(alice, folder):
    upload = sent(begun(alice))
    late = again(upload)
    late.offset, late.parts = 1000, late.parts[:1]
    kept(upload)

    with pytest.raises(NotFound):
        uploads.write(upload=late, by=alice, start=1000, body=BytesIO(PAPER[1000:2000]))

    assert len(stored(folder)) == 1
    assert list((folder / "uploads").glob("*")) == []


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
