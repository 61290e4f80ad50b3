"""`manage.py restore`: the same again in another database, or nothing."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from msgspec import structs

from chat.models import Message, Room
from chat.services import chain, history, messages, rooms
from digi.accounts.models import User
from digi.crypto import ring
from digi.management.backup import tables
from digi.management.backup.archive import Writer, verify
from digi.secrets import fresh
from tests.chaos.disk import SmallDisk
from tests.digi.backup.conftest import SAID
from tests.digi.backup.databases import using
from tests.digi.backup.disks import little_room
from tests.digi.backup.reading import content, parts, places
from tests.servers import ROOT


def refused(path: Path, **options) -> tuple[int, str]:
    """The exit code and what is said."""
    with pytest.raises(CommandError) as caught:
        call_command("restore", str(path), **options)
    return caught.value.returncode, str(caught.value)


@pytest.fixture
def archive(backup, room, file, files) -> Path:
    """One of all that there is; the files themselves are gone."""
    path = backup()
    shutil.rmtree(files)
    return path


def test_what_is_restored_is_what_was_saved(archive, elsewhere, backup, file, files, capsys):
    with using(elsewhere):
        call_command("restore", str(archive))
        again = backup("again.tar")

    assert content(again) == content(archive)
    assert (files / file.path).stat().st_size == file.size
    said = capsys.readouterr().out
    assert "The keys of this server open everything that is sealed." in said
    assert "All chains of hashes hold." in said
    assert "rooms: 1, histories of theses and applications: 0." in said


def test_files_come_from_a_folder_into_a_bucket_and_out_of_it(archive, elsewhere, backup, file, s3):
    with using(elsewhere):
        call_command("restore", str(archive))
        again = backup("again.tar")

    assert (s3.folder / file.path).stat().st_size == file.size
    assert content(again) == content(archive)


def test_restored_room_goes_on(archive, elsewhere):
    with using(elsewhere):
        call_command("restore", str(archive))
        room, alice = Room.objects.get(), User.objects.get(username="alice")

        messages.post(room=room, by=alice, text="and on")
        newcomer = User.objects.create_user("carol")
        other, is_new = rooms.open_pair(by=alice, other=newcomer)

        shown, _more = history.page(room, limit=10)
        assert [message.message for message in shown] == [f"{SAID}, changed", "and an answer", "and on"]
        assert chain.verify(room) is None
        assert is_new
        assert other.pk > room.pk


def test_database_that_is_not_empty_is_refused(archive, elsewhere):
    with using(elsewhere):
        User.objects.create_user("somebody")

        code, said = refused(archive)

        assert (code, User.objects.count()) == (1, 1)
        assert said == (
            "The database is not empty: accounts.user holds rows. Restore into a new one. Nothing was restored."
        )


def test_damaged_archive_touches_nothing(archive, elsewhere, files):
    start, size = places(archive)["rows/chat.message/000001.jsonl.gz"]
    damaged = bytearray(archive.read_bytes())
    damaged[start + size // 2] ^= 1
    archive.write_bytes(damaged)

    with using(elsewhere):
        code, said = refused(archive)

        assert code == 3
        assert "rows/chat.message/000001.jsonl.gz is not what was written" in said
        assert not User.objects.exists()
    assert not files.exists()


def test_archive_that_was_cut_off_touches_nothing(archive, elsewhere, files):
    archive.write_bytes(archive.read_bytes()[:-30_000])

    with using(elsewhere):
        assert refused(archive)[0] == 3
        assert not User.objects.exists()
    assert not files.exists()


def test_missing_key_is_named_with_what_it_would_cost(archive, elsewhere, settings, files):
    lost = ring().names[0]
    settings.DIGI_ENCRYPTION_KEYS = [fresh(32)]

    with using(elsewhere):
        code, said = refused(archive)

        assert code == 4
        assert said.startswith(f"Missing in DIGI_ENCRYPTION_KEYS: {lost}. Sealed with what is missing")
        assert not User.objects.exists()
    assert not files.exists()


def test_whoever_goes_on_without_keys_has_all_but_what_was_sealed(archive, elsewhere, settings, capsys):
    settings.DIGI_ENCRYPTION_KEYS = [fresh(32)]

    with using(elsewhere):
        call_command("restore", str(archive), without_keys=True)

        assert (Message.objects.count(), chain.verify(Room.objects.get())) == (2, None)
    said = capsys.readouterr().out
    assert "Opened by no key of this server, and lost with all they hold: data keys of rooms: 1, keys of" in said


def test_rotated_ring_opens_what_was_sealed_before(archive, elsewhere, settings):
    settings.DIGI_ENCRYPTION_KEYS = [fresh(32), *settings.DIGI_ENCRYPTION_KEYS]

    with using(elsewhere):
        call_command("restore", str(archive))

        assert [one.message for one in history.page(Room.objects.get(), limit=1)[0]] == ["and an answer"]


def test_archive_of_a_newer_release_is_refused(archive, elsewhere, tmp_path):
    manifest, _end = verify(archive)
    later = structs.replace(manifest, digi="9.0.0", migrations=[*manifest.migrations, ("chat", "0099_of_tomorrow")])
    with (tmp_path / "later.tar").open("wb") as out:
        Writer(out, later).close([])

    with using(elsewhere):
        code, said = refused(tmp_path / "later.tar")

    assert code == 1
    assert said.startswith("It was made by Digi 9.0.0, whose migration chat.0099_of_tomorrow is not known here.")


def test_columns_that_its_migrations_do_not_make_are_no_backup_of_ours(archive, elsewhere, tmp_path, files):
    manifest, _end = verify(archive)
    strange = [structs.replace(table, columns=["id", "shoe_size"]) for table in manifest.tables]
    with (tmp_path / "strange.tar").open("wb") as out:
        Writer(out, structs.replace(manifest, tables=strange)).close([])

    with using(elsewhere):
        code, said = refused(tmp_path / "strange.tar")

    assert (code, files.exists()) == (3, False)
    assert "names other columns of account.emailaddress than its migrations make" in said


def test_archive_of_an_older_state_is_migrated_forward(elsewhere, tmp_path, backup, room, file):
    """A server that has not been migrated since applications had no drafts saves itself; today's restores that."""
    older, path = _copy(elsewhere, tmp_path / "older.sqlite3"), tmp_path / "older.tar"
    full = backup()
    with using(older):
        call_command("restore", str(full))
        call_command("migrate", "thesis", "0006", verbosity=0)
        call_command("backup", str(path))

    with using(elsewhere):
        call_command("restore", str(path))

        assert tables.applied() == tables.known()
        newest = backup("newest.tar")
    assert "thesis.applicationdraft" not in content(path)
    assert {name: rows for name, rows in content(newest).items() if name not in tables.MADE_BY_MIGRATIONS} == {
        name: rows for name, rows in content(full).items() if name not in tables.MADE_BY_MIGRATIONS
    }


def test_migration_that_fails_after_the_rows_is_all_that_is_left_to_do(archive, elsewhere, tmp_path):
    """As when a restore is interrupted on its last stretch."""
    before_status = tmp_path / "before.tar"
    manifest, _end = verify(archive)
    migrations = [one for one in manifest.migrations if one[0] != "status"]
    with before_status.open("wb") as out:
        writer = Writer(out, structs.replace(manifest, migrations=migrations))
        for name, content_of in parts(archive).items():
            if name.startswith(("rows/", "files/")):
                writer.add(name, content_of)
        writer.close([])

    with using(elsewhere):
        call_command("migrate", "status", "zero", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE status_process (in_the_way INTEGER)")
        code, said = refused(before_status)

        assert code == 6
        assert 'table "status_process" already exists' in said
        assert Message.objects.count() == 2
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE status_process")
        call_command("migrate", verbosity=0)
        assert tables.applied() == tables.known()


def test_full_disk_leaves_an_empty_database_and_the_same_again_succeeds(archive, elsewhere, tmp_path):
    with SmallDisk(tmp_path / "disk") as disk, using(_copy(elsewhere, disk.folder / "digi.sqlite3")):
        with little_room(disk, 150_000):
            code, said = refused(archive)
        assert code == 1
        assert "the same command begins anew" in said
        assert not User.objects.exists()

        call_command("restore", str(archive))
        assert User.objects.count() == 2


def test_no_archive_is_said_to_be_none(elsewhere):
    with using(elsewhere):
        assert refused(ROOT / "nowhere.tar")[0] == 1
        assert refused(ROOT / "pyproject.toml")[0] == 3
        assert connection.settings_dict["NAME"] == elsewhere["NAME"]


def _copy(config: dict, path: Path) -> dict:
    with closing(sqlite3.connect(config["NAME"])) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    return {**config, "NAME": str(path)}
