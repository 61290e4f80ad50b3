"""What the journal costs: queries that do not grow with the batch, and patience with a busy database."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext

from chat.models import Message
from chat.services import chain, journal
from digi import retries
from tests.chat.writing import add, edit, id_of, office, outcomes, setting
from tests.locks import impatient, locked_rooms

pytestmark = pytest.mark.django_db


def test_fifty_entries_take_as_many_queries_as_one(room, alice, bob):
    journal.write([add(room, alice), add(room, bob)])

    def batch(size: int) -> list:
        return [
            entry
            for _ in range(size)
            for entry in (
                add(room, alice, reply_to=id_of(room, 1)),
                edit(room, alice, id_of(room, 1)),
                edit(room, bob, id_of(room, 2)),
                add(room, bob),
                setting(room, bob),
            )
        ]

    with CaptureQueriesContext(connection) as one:
        journal.write(batch(1))
    with CaptureQueriesContext(connection) as many:
        journal.write(batch(10))

    assert len(one) == len(many)
    assert len(many) <= 15


def test_an_added_message_takes_few_queries(room, alice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        journal.write([add(room, alice)])  # makes and remembers the month's key

    with CaptureQueriesContext(connection) as captured:
        journal.write([add(room, alice)])

    statements = [query["sql"].split("times: ")[-1].split()[0] for query in captured]
    # the savepoint stands for the transaction; room, member, cids; message, change, head
    assert statements == ["SAVEPOINT", "SELECT", "SELECT", "SELECT", "INSERT", "INSERT", "UPDATE", "RELEASE"]


def test_resent_entries_take_as_many_queries_for_fifty_as_for_one(room, alice):
    entries = [add(room, alice, f"text {number}") for number in range(50)]
    journal.write(entries)

    with CaptureQueriesContext(connection) as one:
        journal.write(entries[:1])
    with CaptureQueriesContext(connection) as many:
        answers = journal.write(entries)

    assert all(answer.duplicate for answer in answers)
    assert len(many) == len(one)


def test_five_hundred_entries_are_one_batch(room, alice):
    answers = journal.write([add(room, alice, str(number)) for number in range(500)])

    assert outcomes(answers) == list(range(1, 501))
    assert chain.verify(room) is None


# A database that is busy


@pytest.fixture
def lock(transactional_db, monkeypatch):
    """Hold the database's write lock in another connection: `release = lock(0.1)` for so many seconds at most."""
    impatient(monkeypatch, 0.04)
    connection.close()
    held, over, threads = threading.Event(), threading.Event(), []

    def hold(seconds: float) -> None:
        try:
            with locked_rooms():
                held.set()
                over.wait(seconds)
        finally:
            connections.close_all()

    def start(seconds: float) -> Callable[[], None]:
        threads.append(threading.Thread(target=hold, args=(seconds,)))
        threads[-1].start()
        assert held.wait(30)
        return release

    def release() -> None:
        over.set()
        for thread in threads:
            thread.join()

    yield start
    release()
    connection.close()


def test_locked_database_is_tried_again(room, alice, lock, monkeypatch):
    monkeypatch.setattr(retries, "PAUSES", (0.05,) * 200)  # the other thread may be late to let go
    monkeypatch.setattr(retries, "QUICK", 30)
    lock(0.06)

    with office() as told:
        answers = journal.write([add(room, alice)])

    assert outcomes(answers) == [1]
    assert [event.n for event in told] == [1]
    assert Message.objects.count() == 1


def test_database_that_stays_locked_is_an_error_and_nothing_is_told(room, alice, lock):
    release = lock(60)

    with office() as told, pytest.raises(OperationalError):
        journal.write([add(room, alice)])

    release()
    assert told == []
    assert not Message.objects.exists()
    assert outcomes(journal.write([add(room, alice)])) == [1]
