"""kill -9 in the middle: of a backup nothing is there, of a restore the database is as empty as before."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from digi.accounts.models import User
from digi.files.models import StoredFile
from digi.notifications.models import Reminder
from tests.digi.backup.databases import using
from tests.digi.backup.reading import content
from tests.servers import ROOT, database_url


def killed_when(happens: Callable[[], bool], *words: str, **environment: str) -> None:
    """Run a command, and kill it as soon as that is so."""
    process = subprocess.Popen([sys.executable, "manage.py", *words], cwd=ROOT, env={**os.environ, **environment})
    deadline = time.monotonic() + 90
    while not happens():
        assert process.poll() is None, "it was done before"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    assert process.wait(40) == -signal.SIGKILL


def is_taken(database: str) -> bool:
    """Does somebody hold the lock for writing?"""
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as link:
        try:
            link.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


@pytest.fixture
def sparse(file, files) -> StoredFile:
    """A file that takes a while to copy, and no room on the disk."""
    os.truncate(files / file.path, 256 * 2**20)
    return file


def test_killed_backup_leaves_no_archive_and_is_in_nobodys_way(sparse, alice, files, tmp_path):
    drafts = lambda: [path for path in tmp_path.glob(".digi.tar-*.part") if path.stat().st_size > 2**20]  # noqa: E731

    where = {"DIGI_DATABASE_URL": database_url(), "DIGI_FILES": str(files)}
    killed_when(lambda: bool(drafts()), "backup", str(tmp_path / "digi.tar"), **where)

    assert not (tmp_path / "digi.tar").exists()
    StoredFile.objects.all().delete()
    call_command("backup", str(tmp_path / "digi.tar"))
    assert len(content(tmp_path / "digi.tar")["accounts.user"]) == 1


def test_killed_restore_leaves_an_empty_database_and_the_same_again_succeeds(room, elsewhere, backup, tmp_path, files):
    at = timezone.now()
    Reminder.objects.bulk_create(
        [Reminder(thing=f"thesis:{number}", date=at, days=1, at=at) for number in range(15_000)], batch_size=500
    )
    archive: Path = backup()

    where = {"DIGI_DATABASE_URL": f"sqlite:///{elsewhere['NAME']}", "DIGI_FILES": str(files)}
    killed_when(lambda: is_taken(elsewhere["NAME"]), "restore", str(archive), **where)

    with using(elsewhere):
        assert not User.objects.exists()
        assert not Reminder.objects.exists()
        call_command("restore", str(archive))
        again = backup("again.tar")
    assert content(again) == content(archive)
