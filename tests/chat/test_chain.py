"""The hash chain of a room's log: what was altered is found, and nothing else is."""

import datetime
import hashlib
import json
import uuid

import pytest
from django.db import models

from chat.models import Change, Message
from chat.services import chain, journal, rooms
from tests.chat.storms import Storm
from tests.chat.writing import add, delete, edit, id_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(room, alice, bob):
    """Eight changes of every kind."""
    journal.write([add(room, alice, "one"), add(room, bob, "two"), edit(room, alice, id_of(room, 1), "uno")])
    rooms.set_receipts(room=room, by=bob, on=False)
    rooms.leave(room=room, by=bob)
    rooms.open_pair(by=bob, other=alice)
    journal.write([delete(room, bob, id_of(room, 2)), add(room, alice, "three")])
    assert chain.verify(room) is None
    return Change.objects.filter(room=room)


def test_the_whole_log_holds_and_says_so(room, log):
    assert list(log.order_by("n").values_list("kind", flat=True)) == [
        "add", "add", "edit", "setting", "leave", "join", "delete", "add",
    ]  # fmt: skip
    assert chain.verify(room) is None


def test_an_empty_room_holds(room):
    assert chain.verify(room) is None


def test_the_chain_is_what_the_protocol_says(room, log):
    """Another implementation, from docs/protocols/chat.md alone."""
    before = b""
    for change in log.order_by("n"):
        at = change.at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        fields = [
            room.pk, change.n, change.kind, change.seq, change.rev, change.actor_id, change.subject_id, change.detail,
            str(change.cid), at, bytes(change.digest).hex(),
        ]  # fmt: skip
        text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
        before = hashlib.sha256(before + text.encode()).digest()
        assert bytes(change.hash) == before
    room.refresh_from_db()
    assert bytes(room.head_hash) == before


def test_digest_covers_the_body_as_it_is_stored(room, log):
    message = Message.objects.get(seq=1)

    assert bytes(log.get(n=3).digest) == hashlib.sha256(bytes(message.body)).digest()
    assert bytes(log.get(n=7).digest) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "edit"),
        ("seq", 1),
        ("rev", 7),
        ("detail", "x"),
        ("cid", uuid.UUID(int=1)),
        ("at", datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)),
        ("digest", b"\0" * 32),
        ("hash", b"\0" * 32),
    ],
)
def test_any_altered_field_is_found(room, log, field, value):
    log.filter(n=2).update(**{field: value})

    assert chain.verify(room) == 2


def test_another_author_or_subject_is_found(room, log, alice, bob):
    log.filter(n=4).update(subject=alice)
    assert chain.verify(room) == 4

    log.filter(n=4).update(subject=bob)
    log.filter(n=2).update(actor=alice)
    assert chain.verify(room) == 2


def test_a_microsecond_is_found(room, log):
    change = log.get(n=5)
    log.filter(n=5).update(at=change.at + datetime.timedelta(microseconds=1))

    assert chain.verify(room) == 5


@pytest.mark.parametrize("gone", [1, 4, 8])
def test_a_missing_change_is_found(room, log, gone):
    log.filter(n=gone).delete()

    assert chain.verify(room) == gone


def test_a_closed_gap_is_found(room, log):
    log.filter(n=4).delete()
    for number in range(5, 9):
        log.filter(n=number).update(n=number - 1)
    room.head = 7
    room.save()

    assert chain.verify(room) == 4


def test_swapped_changes_are_found(room, log):
    log.filter(n=1).update(n=100)
    log.filter(n=2).update(n=1)
    log.filter(n=100).update(n=2)

    assert chain.verify(room) == 1


def test_a_change_that_was_put_in_is_found(room, log, alice):
    last = log.get(n=8)
    Change.objects.create(
        room=room, n=9, kind="add", seq=9, rev=1, actor=alice, cid=uuid.uuid4(), at=last.at, digest=b"", hash=last.hash
    )
    room.head = 9
    room.save()

    assert chain.verify(room) == 9


def test_a_log_that_was_cut_is_found_by_the_head(room, log):
    log.filter(n=8).delete()
    assert chain.verify(room) == 8

    room.refresh_from_db()
    room.head = 7
    room.save()
    assert chain.verify(room) == 8


@pytest.mark.parametrize("seq", [1, 8])
def test_an_altered_body_is_found(room, log, seq):
    message = Message.objects.get(seq=seq)
    body = bytearray(message.body)
    body[-1] ^= 1
    Message.objects.filter(seq=seq).update(body=bytes(body))

    assert chain.verify(room) == message.n


def test_swapped_bodies_are_found(room, log):
    first, last = Message.objects.get(seq=1), Message.objects.get(seq=8)
    Message.objects.filter(seq=1).update(body=last.body)
    Message.objects.filter(seq=8).update(body=first.body)

    assert chain.verify(room) == 3


def test_a_deleted_body_that_was_put_back_is_found(room, log):
    Message.objects.filter(seq=2).update(body=b"again")

    assert chain.verify(room) == 7


def test_an_older_revision_put_in_place_is_found(room, log):
    message = Message.objects.get(seq=1)
    Message.objects.filter(seq=1).update(body=message.revisions.get().body)

    assert chain.verify(room) == 3


def test_a_missing_message_is_found(room, log):
    Message.objects.filter(seq=8).delete()

    assert chain.verify(room) == 8


def test_rooms_have_chains_of_their_own(room, other_room, alice):
    journal.write([add(room, alice), add(other_room, alice)])
    Change.objects.filter(room=other_room).update(detail="x")

    assert chain.verify(room) is None
    assert chain.verify(other_room) == 1


def test_what_is_written_meanwhile_breaks_nothing(room, log, alice, monkeypatch):
    """Verifying takes a while, and a busy room goes on: here it writes after the head was read."""
    iterate = models.QuerySet.iterator

    def later(rows, *arguments, **options):
        monkeypatch.setattr(models.QuerySet, "iterator", iterate)
        journal.write(
            [add(room, alice), edit(room, alice, id_of(room, 8), "more"), delete(room, alice, id_of(room, 1))]
        )
        return iterate(rows, *arguments, **options)

    monkeypatch.setattr(models.QuerySet, "iterator", later)

    assert chain.verify(room) is None
    assert chain.verify(room) is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_chain_holds_after_thousands_of_random_attempts(room, alice, bob, seed):
    Storm(room, [alice, bob], seed).blow(1500, batch=20)

    room.refresh_from_db()
    assert room.head > 400
    assert chain.verify(room) is None
    Change.objects.filter(room=room, n=room.head // 2).update(detail="!")
    assert chain.verify(room) == room.head // 2
