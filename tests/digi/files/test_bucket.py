"""A bucket as the carrier: what only it can show."""

import os
import time
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.urls import reverse

from digi.errors import Unavailable
from digi.files import carriers
from digi.files.carriers import Refused
from digi.files.models import AVATAR, StoredFile, Upload
from digi.files.services import images, orphans, storage, uploads
from digi.files.services.storage import Damaged
from tests.digi.files.conftest import stored
from tests.digi.files.uploading import PAPER, again, begun, kept, sent
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db(transaction=True)
CARRIERS = ("s3",)
CONTENT = bytes(range(256)) * 3000  # twelve pieces


def note(owner, content: bytes = CONTENT, purpose: str = "note") -> StoredFile:
    return storage.store(owner=owner, purpose=purpose, name="note.bin", media_type="text/plain", content=content)


@pytest.fixture
def away(s3_server):
    """The S3-compatible server has stopped; `away.start()` brings it back."""
    s3_server.stop()
    yield s3_server
    if s3_server.process.poll() is not None:
        s3_server.start()


# Reading


def test_a_local_copy_is_there_as_long_as_it_is_needed(alice):
    file = note(alice)

    with storage.local(file) as path:
        assert path.read_bytes() == CONTENT
        assert path.stat().st_mode & 0o777 == 0o600

    assert not path.exists()


def test_a_local_copy_of_other_bytes_is_none(alice, folder):
    file = note(alice)
    (folder / file.path).write_bytes(CONTENT[::-1])

    with pytest.raises(Unavailable), storage.local(file):
        pass


def test_lists_are_read_to_their_end(folder, away):
    (folder / "note" / "ab").mkdir(parents=True)
    for number in range(1001):
        (folder / "note" / "ab" / f"{number:04}").touch()
    away.start()

    keys = {held.key for held in storage.held("note/")}

    assert len(keys) == 1001
    assert "note/ab/1000" in keys


def test_bytes_come_back_only_as_they_were(folder):
    digest = sha256(CONTENT).hexdigest()

    storage.put_back(key="note/ab/x", content=BytesIO(CONTENT), digest=digest)
    with pytest.raises(Damaged):
        storage.put_back(key="note/ab/y", content=BytesIO(CONTENT[1:]), digest=digest)

    with storage.opened_at("note/ab/x") as file:
        assert file.read() == CONTENT
    assert stored(folder) == [folder / "note/ab/x"]


# The server is away


def test_nothing_is_half_written_while_the_server_is_away(alice, away):
    uploaded = begun(alice)

    with pytest.raises(Unavailable) as raised:
        note(alice)
    with pytest.raises(Unavailable):
        images.store_avatar(owner=alice, upload=upload(picture()))
    with pytest.raises(Unavailable):
        uploads.write(upload=uploaded, by=alice, start=0, body=BytesIO(PAPER))

    assert (raised.value.code, raised.value.extra) == ("storage_away", {"retry_after": 10})
    assert not StoredFile.objects.exists()
    assert again(uploaded).offset == 0


def test_an_upload_outlives_the_server(alice, folder, s3_server, away):
    away.start()
    uploaded = sent(begun(alice))
    away.stop()
    with pytest.raises(Unavailable):
        kept(uploaded)

    away.start()
    file = kept(again(uploaded))

    assert (folder / file.path).read_bytes() == PAPER
    assert stored(folder) == [folder / file.path]


def test_a_person_is_told_and_nothing_more(alice, client_for, s3_server):
    file, client = note(alice), client_for(alice)
    s3_server.stop()

    page = client.get(reverse("files:download", args=[file.uuid]))
    begun_there = client.post(
        "/api/v1/uploads/", headers={"Upload-Length": "5", "Upload-Metadata": "filename YS5wZGY="}
    )
    part = client.patch(
        begun_there.headers["Location"],
        b"%PDF-",
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": "0"},
    )
    s3_server.start()

    assert page.status_code == 503
    assert "Files cannot be reached just now. Nothing is lost" in page.text
    assert (part.status_code, part.json()["code"]) == (503, "storage_away")
    assert str(s3_server.port) not in page.text + part.text


def test_a_deletion_that_fails_is_made_up_for(alice, folder, s3_server, monkeypatch):
    file, stays = note(alice), note(alice, b"stays")
    s3_server.stop()

    storage.remove(file=file)
    s3_server.start()
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert len(stored(folder)) == 2

    monkeypatch.setattr(uploads, "LIFETIME", timedelta(seconds=-5))
    assert uploads.sweep() == 1
    assert stored(folder) == [folder / stays.path]


# Orphans


def test_the_sweep_takes_what_has_no_row_and_is_ours(alice, folder, monkeypatch):
    stays = note(alice)
    uploaded = uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    for key in ("note/ab/" + "0" * 32, "uploads/" + "0" * 32 + "/part", "somebody/elses.txt"):
        storage.put_back(key=key, content=BytesIO(b"x"), digest=sha256(b"x").hexdigest())

    assert uploads.sweep() == 0
    monkeypatch.setattr(uploads, "LIFETIME", timedelta(seconds=-5))
    assert uploads.sweep() == 2

    left = {path.relative_to(folder).as_posix() for path in stored(folder)}
    assert left == {stays.path, f"uploads/{uploaded.uuid.hex}/{uploaded.parts[0]}", "somebody/elses.txt"}
    assert Upload.objects.get() == uploaded


def test_the_sweep_touches_nothing_of_another_database(alice, folder, monkeypatch):
    monkeypatch.setattr(orphans, "FEW", 1)
    note(alice)
    for number in range(2):
        key = f"note/ab/{number:032}"
        storage.put_back(key=key, content=BytesIO(b"x"), digest=sha256(b"x").hexdigest())
    monkeypatch.setattr(uploads, "LIFETIME", timedelta(seconds=-5))

    assert uploads.sweep() == 0
    assert len(stored(folder)) == 3


def test_what_a_killed_process_left_in_the_spool_goes(settings):
    settings.DIGI_SPOOL.mkdir()
    old, fresh, recording = (settings.DIGI_SPOOL / name for name in ("old", "fresh", "recordings/a/1.mp4"))
    recording.parent.mkdir(parents=True)
    for path in (old, fresh, recording):
        path.touch()
    for path in (old, recording):
        os.utime(path, (time.time() - 90_000,) * 2)

    carriers.current()

    assert (old.exists(), fresh.exists(), recording.exists()) == (False, True, True)
    fresh.unlink()
    recording.unlink()


# What is set wrongly


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DIGI_S3_SECRET_KEY", "wrong", "SignatureDoesNotMatch: DIGI_S3_SECRET_KEY is wrong"),
        ("DIGI_S3_ACCESS_KEY", "nobody", "InvalidAccessKeyId: DIGI_S3_ACCESS_KEY is not known there"),
        ("DIGI_FILES", "s3://no-such-bucket", "NoSuchBucket: the bucket of DIGI_FILES is not there"),
    ],
)
def test_what_is_wrong_is_said_to_administrators_and_to_nobody_else(client, alice, settings, s3, name, value, reason):
    setattr(settings, name, f"{value}?endpoint={s3.server.endpoint}" if value.startswith("s3:") else value)

    with pytest.raises(Refused) as raised:
        storage.check()
    answer = client.get("/readyz")

    assert str(raised.value).startswith(reason)
    assert "DIGI" not in str(raised.value.message) + str(raised.value.extra)
    assert (answer.status_code, answer.json()["status"]) == (200, "limited")
    assert answer.json()["parts"]["files"]["error"].startswith(reason)
    with pytest.raises(Refused):
        note(alice)


def test_what_is_right_is_ready(client, s3):
    storage.check()

    assert client.get("/readyz").json()["parts"]["files"]["ok"] is True
    assert list(storage.held()) == []


def test_a_server_that_is_away_costs_no_readiness(client, away):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["parts"]["files"] == {"ok": False, "error": "FilesAway"}
    assert str(away.port) not in answer.text


def test_avatars_go_with_their_row(alice, folder):
    file = images.store_avatar(owner=alice, upload=upload(picture()))

    assert (file.purpose, stored(folder)) == (AVATAR, [folder / file.path])
    storage.remove(file=file)
    assert stored(folder) == []
