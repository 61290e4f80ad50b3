"""`manage.py backup`: what is in the archive, what is not, and what becomes of it when something is wrong."""

import io
import re
import sys
import threading
from hashlib import sha256
from types import SimpleNamespace

import pytest
from django.conf import settings as told
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from digi import __version__
from digi.accounts.models import User
from digi.crypto import ring
from digi.files.models import StoredFile
from digi.files.services import storage
from digi.management.backup import archive, saving
from tests.chaos.disk import SmallDisk
from tests.digi.backup.conftest import SAID
from tests.digi.backup.disks import little_room
from tests.digi.backup.reading import content, parts
from thesis.models import SavedView


def refused(*words: str) -> tuple[int, str]:
    """The exit code and what is said."""
    with pytest.raises(CommandError) as caught:
        call_command("backup", *words)
    return caught.value.returncode, str(caught.value)


def test_archive_says_what_is_in_it(backup, room, file):
    manifest, end = archive.verify(backup())

    rows = {table.label: table.rows for table in manifest.tables}
    assert (manifest.digi, manifest.database, manifest.keys) == (__version__, connection.vendor, ring().names)
    assert (manifest.files, manifest.size, end.absent) == (1, file.size, [])
    assert ("chat", "0001_first") in manifest.migrations
    assert (rows["chat.message"], rows["chat.change"], rows["accounts.user"]) == (2, 3, 2)
    assert ("data keys of rooms", ring().names[0], 1) in [(one.kind, one.key, one.count) for one in manifest.sealed]


def test_archive_holds_no_key_no_word_and_no_session(backup, room, alice, client_for):
    session = client_for(alice).session.session_key
    assert Session.objects.exists()

    found = parts(backup())

    whole = str(content_of := content(backup("again.tar"))) + str(found)
    assert SAID not in whole
    assert session not in whole
    assert all(key not in whole for key in [*told.DIGI_ENCRYPTION_KEYS, told.SECRET_KEY])
    assert {"sessions.session", "usersessions.usersession", "files.upload", "status.process"}.isdisjoint(content_of)


def test_archive_is_its_owners_alone(backup, alice):
    assert backup().stat().st_mode & 0o777 == 0o600


def test_nothing_is_overwritten_and_no_draft_is_left(backup, alice, tmp_path):
    path = backup()
    before = path.read_bytes()

    code, said = refused(str(path))

    assert (code, said) == (1, f"{path} is there already. Nothing was overwritten.")
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.glob(".*")] == []


def test_folder_gets_an_archive_with_the_moment_in_its_name(alice, files, tmp_path):
    (tmp_path / "daily").mkdir()

    call_command("backup", str(tmp_path / "daily"))

    (path,) = (tmp_path / "daily").iterdir()
    assert re.fullmatch(r"digi-\d{8}T\d{6}Z\.tar", path.name)


def test_archive_goes_into_a_pipe(alice, file, tmp_path, monkeypatch):
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))

    call_command("backup", "-", stdout=io.StringIO())

    (tmp_path / "piped.tar").write_bytes(out.getvalue())
    archive.verify(tmp_path / "piped.tar")
    assert f"files/{file.path}" in parts(tmp_path / "piped.tar")


def test_keys_go_apart_into_a_file_of_their_owner_alone(alice, files, tmp_path, capsys):
    path = tmp_path / "digi.keys"

    call_command("backup", keys=path)

    lines = path.read_text().splitlines()
    assert f"DIGI_ENCRYPTION_KEYS={','.join(told.DIGI_ENCRYPTION_KEYS)}" in lines
    assert f"DIGI_SECRET_KEY={told.SECRET_KEY}" in lines
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Keep them apart from the archives: with both, all can be read." in capsys.readouterr().err
    assert refused("--keys", str(path)) == (1, f"{path} is there already. Nothing was overwritten.")


def test_whoever_takes_no_keys_is_told_what_that_means(backup, alice, capsys):
    backup()

    said = capsys.readouterr().err
    assert f"The keys ({ring().names[0]}) are not in it, and without them every message in it is lost." in said


def test_file_that_was_lost_before_is_named_and_the_rest_is_there(room, file, tmp_path):
    storage.forget(file.path)

    code, said = refused(str(tmp_path / "digi.tar"))

    manifest, end = archive.verify(tmp_path / "digi.tar")
    assert code == 5
    assert said.splitlines()[0] == f"lost: {file.path}"
    assert (manifest.files, end.absent) == (1, [file.path])


def test_file_that_was_altered_before_is_named(file, files, tmp_path):
    (files / file.path).write_bytes(b"other bytes")

    code, said = refused(str(tmp_path / "digi.tar"))

    assert code == 5
    assert said.splitlines()[0] == f"altered: {file.path}"
    assert content(tmp_path / "digi.tar")[f"files/{file.path}"] == [b"other bytes"]


def test_file_that_was_cut_short_in_a_bucket_is_named(alice, s3, tmp_path):
    told = {"purpose": "document", "name": "thesis.pdf", "media_type": "application/pdf"}
    file = storage.store(owner=alice, content=b"%PDF-1.7 and more", **told)
    storage.forget(file.path)
    storage.put_back(key=file.path, content=io.BytesIO(b"%PDF"), digest=sha256(b"%PDF").hexdigest())

    code, said = refused(str(tmp_path / "digi.tar"))

    assert code == 5
    assert said.splitlines()[0] == f"altered: {file.path}"
    assert content(tmp_path / "digi.tar")[f"files/{file.path}"] == [b"%PDF"]


def test_file_that_was_lost_in_a_bucket_is_named(alice, s3, tmp_path):
    told = {"purpose": "document", "name": "thesis.pdf", "media_type": "application/pdf"}
    file = storage.store(owner=alice, content=b"%PDF-1.7", **told)
    storage.forget(file.path)

    code, said = refused(str(tmp_path / "digi.tar"))

    assert code == 5
    assert said.splitlines()[0] == f"lost: {file.path}"


def test_file_that_somebody_deletes_meanwhile_is_no_loss(file, tmp_path):
    def delete(_said: str) -> None:
        beside(lambda: StoredFile.objects.all().delete())
        storage.forget(file.path)

    with (tmp_path / "digi.tar").open("wb") as out:
        saved = saving.save(out, say=once(delete))

    assert (saved.absent, saved.altered, saved.gone) == ([], [], 1)
    assert archive.verify(tmp_path / "digi.tar")[1].absent == [file.path]
    assert len(content(tmp_path / "digi.tar")["files.storedfile"]) == 1


def test_what_others_write_meanwhile_is_not_in_it_and_waits_for_nothing(room, files, tmp_path):
    """One moment for all tables, whichever is copied last."""

    def write(_said: str) -> None:
        beside(lambda: SavedView.objects.create(owner=User.objects.first(), name="Late"))

    with (tmp_path / "digi.tar").open("wb") as out:
        saving.save(out, say=once(write))

    found = content(tmp_path / "digi.tar")
    assert SavedView.objects.count() == 1
    assert "thesis.savedview" not in found
    assert len(found["chat.message"]) == 2


def beside(act) -> None:
    """Do it by another connection, at once or not at all."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(15)
    assert not thread.is_alive()


def once(act):
    """Act at the first word that is said."""
    left = [act]
    return lambda said: left.pop()(said) if left else None


def test_full_disk_leaves_nothing(file, tmp_path):
    with SmallDisk(tmp_path / "disk") as disk:
        with little_room(disk, 1_000_000):
            code, said = refused(str(disk.folder / "digi.tar"))

        assert code == 1
        assert "No space left on device" in said or "File too large" in said
        assert list(disk.folder.iterdir()) == []


def test_folder_that_is_not_there_is_said(alice, tmp_path):
    code, said = refused(str(tmp_path / "nowhere" / "digi.tar"))

    assert code == 1
    assert "No such file or directory" in said


def test_database_of_a_newer_release_is_not_saved(alice, tmp_path):
    MigrationRecorder.Migration.objects.create(app="chat", name="0099_of_tomorrow")

    try:
        code, said = refused(str(tmp_path / "digi.tar"))
    finally:
        MigrationRecorder.Migration.objects.filter(name="0099_of_tomorrow").delete()

    assert code == 1
    assert "newer release, which has the migration chat.0099_of_tomorrow" in said
    assert not (tmp_path / "digi.tar").exists()


def test_verify_tells_whole_from_damaged(backup, room, capsys, settings):
    path = backup()

    call_command("backup", verify=path)
    settings.DIGI_ENCRYPTION_KEYS = ["A" * 43 + "="]
    call_command("backup", verify=path)

    first, second = capsys.readouterr().out.split("This server", 1)
    assert f"{path} is whole" in first
    assert second.startswith(" has the keys for it.")
    assert "This server has not its keys" in second
    path.write_bytes(path.read_bytes()[:-20_000])
    assert refused("--verify", str(path))[0] == 3


def test_a_name_is_asked_for(alice):
    assert refused() == (1, "Name a file or a folder for the archive.")
