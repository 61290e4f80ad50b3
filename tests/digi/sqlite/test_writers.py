"""Writers of SQLite take turns: threads of one process, and processes."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from digi.accounts.models import User
from digi.sqlite import checkpoints
from tests.servers import ROOT, database_url

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="this is SQLite's own backend"),
]


def in_thread(work):
    """Run it in a thread with a connection of its own; the thread."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_threads_that_write_take_turns_and_nobody_starves(person):
    alice = person("alice")
    waits = []

    def write() -> None:
        for _ in range(15):
            start = time.monotonic()
            with transaction.atomic():
                User.objects.filter(pk=alice.pk).update(display_name=threading.current_thread().name)
                time.sleep(0.002)
            waits.append(time.monotonic() - start)

    threads = [in_thread(write) for _ in range(6)]
    for thread in threads:
        thread.join(60)

    assert len(waits) == 90
    assert max(waits) < 5  # a turn each of the others is 12 ms; SQLite's own sleeps make it seconds


def test_single_statement_waits_for_another_process_and_is_not_lost(person):
    alice = person("alice")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        env={**os.environ, "DIGI_DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "holding\n"

    User.objects.filter(pk=alice.pk).update(display_name="Later")

    done = time.monotonic()
    let_go, _ = holder.communicate(timeout=60)
    assert done > float(let_go)
    assert User.objects.get(pk=alice.pk).display_name == "Later"


HOLD = """
import os, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")
import django
django.setup()
from django.db import transaction
with transaction.atomic():
    print("holding", flush=True)
    time.sleep(0.8)
    print(time.monotonic(), flush=True)
"""


def fail() -> None:
    User.objects.update(display_name="Nobody")
    raise ZeroDivisionError


def test_place_is_given_back_after_errors(person):
    alice = person("alice")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=alice.username)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fail()
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            fail()
        User.objects.filter(pk=alice.pk).update(display_name="Outer")
    with transaction.atomic():
        connection.close()

    done = in_thread(lambda: User.objects.filter(pk=alice.pk).update(display_name="Free"))
    done.join(20)
    assert not done.is_alive()
    assert User.objects.get(pk=alice.pk).display_name == "Free"


def test_waiting_for_another_thread_ends_with_databases_own_error(person, monkeypatch):
    alice = person("alice")
    told = []
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.2)  # of every thread's connection

    def write() -> None:
        try:
            User.objects.filter(pk=alice.pk).update(display_name="Impatient")
        except OperationalError as error:
            told.append(str(error))

    with transaction.atomic():
        in_thread(write).join(30)

    assert told == ["database is locked"]


def test_reading_takes_no_place(person):
    person("alice")
    found = []

    with transaction.atomic():
        in_thread(lambda: found.append(User.objects.count())).join(20)

    assert found == [1]


def test_log_is_moved_into_the_database_beside_the_writers_and_stays_short(person, monkeypatch):
    monkeypatch.setattr(checkpoints, "COMMITS", 10)
    monkeypatch.setattr(checkpoints, "PAUSE", 0.01)
    people = [person(f"person-{number}") for number in range(3)]
    path = Path(str(connection.settings_dict["NAME"]))
    log = Path(f"{path}-wal")
    before, length = path.stat().st_mtime_ns, log.stat().st_size

    for number in range(400):
        with transaction.atomic():
            for one in people:
                User.objects.filter(pk=one.pk).update(display_name=f"{number} " + "x" * 60)
        time.sleep(0.002)

    assert log.stat().st_size - length < 400 * 4096  # each commit writes several pages of 4 KiB
    assert path.stat().st_mtime_ns > before
    assert [User.objects.get(pk=one.pk).display_name[:3] for one in people] == ["399"] * 3
