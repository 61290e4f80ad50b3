"""Reading marks of many people at once: few statements, one order of locks, and patience with a busy database."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from chat.models import Membership
from chat.services import journal, rooms
from chat.services.receipts import Receipt, mark
from digi import retries
from digi.accounts.models import User
from digi.realtime import outbox
from tests.chat.writing import add
from tests.locks import impatient
from tests.thesis.races import at_once


@pytest.fixture
def crowd(alice):
    """Alice's room with a dozen others, in which she has written twice."""
    others = User.objects.bulk_create(
        User(username=f"reader{n}", email=f"reader{n}@example.org", password="!") for n in range(12)
    )
    room = rooms.open_group(by=alice, others=others, title="Many")
    journal.write([add(room, alice), add(room, alice)])
    return room, others


@pytest.fixture
def erin(person):
    """The outsider."""
    return person("erin")


def read(room, user, seq=2) -> Receipt:
    return Receipt(room.pk, str(room.uuid), user.pk, user.username, seq, read=True)


@pytest.mark.django_db
def test_twelve_marks_take_as_many_statements_as_two(crowd):
    room, others = crowd

    with CaptureQueriesContext(connection) as few:
        assert mark([read(room, user, 1) for user in others[:2]]) == [True] * 2
    with CaptureQueriesContext(connection) as many:
        assert mark([read(room, user) for user in others]) == [True] * 12

    assert len(many) == len(few) <= 5
    assert set(room.memberships.filter(user__in=others).values_list("read", "delivered")) == {(2, 2)}


@pytest.mark.django_db
def test_marks_of_one_batch_are_each_judged_by_themselves(crowd, erin):
    room, (bob, charlie, dave, *_) = crowd
    rooms.leave(room=room, by=dave)
    asked = [*(read(room, user) for user in (bob, erin, dave)), read(room, charlie, 4)]

    assert mark(asked) == [True, False, False, False]
    assert mark(asked[:1]) == [False]
    assert list(Membership.objects.exclude(read=0).values_list("user", flat=True)) == [bob.pk]


@pytest.mark.django_db(transaction=True)
def test_batches_of_two_processes_never_wait_for_each_other_in_a_circle(crowd, caplog):
    room, others = crowd
    marks = [read(room, user) for user in others]

    def work(n: int) -> list[bool]:
        with outbox.collected():
            return mark(marks[:: 1 if n else -1])

    for _ in range(5):
        Membership.objects.update(read=0, delivered=0)
        answers = at_once(2, work)

        assert sorted(answers) == [str([False] * 12), str([True] * 12)]
    assert "done again" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_marks_wait_for_a_database_that_is_busy(crowd, monkeypatch):
    room, (bob, *_) = crowd
    monkeypatch.setattr(retries, "PAUSES", (0.05,) * 200)  # the other thread may be late to let go
    monkeypatch.setattr(retries, "QUICK", 30)
    impatient(monkeypatch, 0.04)
    connection.close()
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Membership.objects.filter(user=bob).update(read=F("read"))
            held.set()
            over.wait(0.2)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(20)

    answers = mark([read(room, bob)])

    holder.join()
    connection.close()
    assert answers == [True]
