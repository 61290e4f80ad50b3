"""Bodies at rest: nothing readable in what a thief of the database gets, nothing that opens in another place."""

import base64
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from chat.models import Draft, Message, Revision, RoomKey
from chat.services import chain, drafts, history, journal, messages, overview, sealing
from digi.crypto import KeyRing, Unreadable, cipher, new_key, ring
from tests.chat.writing import add, delete, edit, id_of, outcomes

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY = datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 2, 10, tzinfo=UTC)


def texts(room) -> list[str | None]:
    return [message.message for message in history.page(room)[0]]


# The stolen database


def database_bytes() -> bytes:
    """Everything that is stored: the files of SQLite with what has not been moved out of them yet, or all rows.

    Another process reads the files. POSIX drops every lock that a process has on a file as soon as it closes any
    descriptor of it, SQLite's own too: the next server to end would think itself the last and delete the log of a
    database that is in use (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        files = [path for path in (name, f"{name}-wal") if Path(path).exists()]
        return subprocess.run(["cat", *files], capture_output=True, check=True).stdout
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += cursor.fetchall()
    return b"\0".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for row in rows for value in row
    )


@pytest.mark.django_db(transaction=True)
def test_stolen_database_shows_no_text(room, alice, bob):
    kinds = ("said", "edited", "deleted", "draft", "reply")
    secrets = [f"{kind} {os.urandom(6).hex()} geheim-überall" for kind in kinds]
    said, edited, deleted, draft, reply = secrets
    first = messages.post(room=room, by=alice, text=said)
    messages.edit(room=room, by=alice, message_id=first.message_id, text=edited)
    gone = messages.post(room=room, by=bob, text=deleted)
    messages.delete(room=room, by=bob, message_id=gone.message_id)
    messages.post(room=room, by=bob, text=reply, reply_to=first.message_id)
    drafts.keep(room=room, by=alice, text=draft)

    stolen = database_bytes()

    assert b"alice@example.org" in stolen  # it is the right file, and what was just written is in it
    assert bytes(Message.objects.get(seq=first.seq).body) in stolen
    for secret in secrets:
        for part in (secret, secret.split()[1], "geheim", "geheim-überall"):
            encoded = base64.b64encode(part.encode())[:-4]
            assert part.encode() not in stolen
            assert part.encode("utf-16-le") not in stolen
            assert len(encoded) < 8 or encoded not in stolen  # four letters stand in any noise


@pytest.mark.django_db(transaction=True)
def test_stolen_database_shows_no_key(room, alice):
    messages.post(room=room, by=alice, text="hi")

    stolen = database_bytes()

    key = RoomKey.objects.get()
    data_key = ring().unwrap(bytes(key.wrapped), b"data:%d:%d" % (room.pk, key.month))
    id_key = ring().unwrap(bytes(room.id_key), b"message-id:" + room.uuid.bytes)
    assert (len(data_key), len(id_key)) == (32, 64)
    for secret in (data_key, id_key, id_key[:32]):
        assert secret not in stolen


def test_equal_texts_look_different(room, alice):
    journal.write([add(room, alice, "yes"), add(room, alice, "yes")])

    assert len({bytes(body) for body in Message.objects.values_list("body", flat=True)}) == 2


# Moved and altered


def test_bodies_that_were_swapped_between_rows_do_not_open(room, alice):
    journal.write([add(room, alice, "I owe you 5"), add(room, alice, "I owe you 5000"), add(room, alice, "bye")])
    first, second = Message.objects.filter(seq__lt=3).order_by("seq")
    Message.objects.filter(pk=first.pk).update(body=second.body)
    Message.objects.filter(pk=second.pk).update(body=first.body)

    assert texts(room) == [None, None, "bye"]


def test_body_of_another_room_does_not_open(room, other_room, alice):
    journal.write([add(room, alice, "here"), add(other_room, alice, "there")])
    moved = Message.objects.get(room=other_room)
    Message.objects.filter(room=room).update(body=moved.body, key=moved.key)

    assert texts(room) == [None]
    assert texts(other_room) == ["there"]


def test_older_revision_does_not_open_as_the_present_one(room, alice):
    journal.write([add(room, alice, "one"), edit(room, alice, id_of(room, 1), "two")])
    Message.objects.update(body=Revision.objects.get().body)

    assert texts(room) == [None]


def test_older_revision_under_its_own_number_is_found_by_the_chain(room, alice):
    journal.write([add(room, alice, "one"), edit(room, alice, id_of(room, 1), "two")])
    Message.objects.update(body=Revision.objects.get().body, rev=1)

    assert texts(room) == ["one"]
    assert chain.verify(room) == 2


@pytest.mark.parametrize("other", [{"room_id": 2}, {"seq": 4}, {"rev": 2}, {"key_id": 6}])
def test_each_part_of_a_place_is_bound(other):
    key, place = cipher(new_key()), {"room_id": 1, "seq": 3, "rev": 1, "key_id": 5}
    body = sealing.seal(**place, key=key, text="hi")

    assert sealing.unseal(**place, key=key, body=body) == "hi"
    with pytest.raises(Unreadable):
        sealing.unseal(**(place | other), key=key, body=body)


def test_draft_that_was_moved_to_another_room_does_not_open(room, other_room, alice):
    for here, text in ((room, "here"), (other_room, "there")):
        drafts.keep(room=here, by=alice, text=text)
    first, second = Draft.objects.order_by("pk")
    Draft.objects.filter(pk=first.pk).update(body=second.body)

    assert drafts.texts([first.membership_id, second.membership_id]) == {second.membership_id: "there"}


# Keys


def test_each_room_and_month_has_its_key(room, other_room, alice):
    for at in (JANUARY, FEBRUARY):
        journal.write([add(room, alice), add(other_room, alice), add(room, alice)], at=at)

    found = RoomKey.objects.order_by("month", "room").values_list("room", "month")
    assert list(found) == [(one.pk, month) for month in (2026 * 12, 2026 * 12 + 1) for one in (room, other_room)]


def test_destroyed_key_shreds_its_month_and_no_other(room, alice, bob):
    journal.write([add(room, alice, "january"), add(room, bob, "edited"), edit(room, bob, id_of(room, 2))], at=JANUARY)
    journal.write([add(room, alice, "february"), edit(room, bob, id_of(room, 2), "in february")], at=FEBRUARY)
    assert texts(room) == ["january", "in february", "february"]

    RoomKey.objects.filter(month=2026 * 12).update(wrapped=b"")
    sealing.forget()

    assert texts(room) == [None, None, "february"]
    assert history.revisions(room, 2) == []
    assert [event.name for event in history.after(room, 0).events] == ["delete", "passed", "add", "delete"]
    assert overview.one(alice, room).last_message.message == "february"
    assert chain.verify(room) is None


def test_shredded_messages_cannot_be_edited_and_hold_up_nobody(room, other_room, alice):
    entry = add(room, alice, "january")
    journal.write([entry], at=JANUARY)
    RoomKey.objects.update(wrapped=b"")
    sealing.forget()

    answers = journal.write(
        [
            edit(room, alice, id_of(room, 1), "new"),
            edit(room, alice, id_of(room, 1), "new", base_rev=7),
            add(other_room, alice, "elsewhere"),
            add(room, alice, "february", reply_to=id_of(room, 1)),
            entry,
            delete(room, alice, id_of(room, 1)),
        ],
        at=FEBRUARY,
    )

    assert outcomes(answers) == ["message_deleted", "message_deleted", 1, 2, 1, 3]
    assert texts(room) == [None, "february"]


def test_rotated_ring_reads_what_was_written_before(room, alice, settings):
    settings.DIGI_ENCRYPTION_KEYS = [base64.b64encode(new_key()).decode(), *settings.DIGI_ENCRYPTION_KEYS]
    journal.write([add(room, alice, "before")])
    drafts.keep(room=room, by=alice, text="begun")

    settings.DIGI_ENCRYPTION_KEYS = [base64.b64encode(new_key()).decode(), *settings.DIGI_ENCRYPTION_KEYS]
    sealing.forget()
    answers = journal.write([edit(room, alice, id_of(room, 1), "after"), add(room, alice, "more")])

    assert outcomes(answers) == [2, 3]
    assert texts(room) == ["after", "more"]
    assert overview.one(alice, room).draft == "begun"


def test_lost_key_takes_its_rooms_messages_and_nothing_else(room, other_room, alice, settings, client_for):
    """Its list still opens, others write on, and from the next month on so does this room."""
    journal.write([add(room, alice, "lost")], at=JANUARY)
    settings.DIGI_ENCRYPTION_KEYS = [base64.b64encode(new_key()).decode()]
    sealing.forget()

    answers = journal.write([add(room, alice, "now"), add(other_room, alice, "beside")], at=JANUARY)
    later = journal.write([add(room, alice, "again")], at=FEBRUARY)

    assert outcomes(answers) == ["unavailable", 1]
    assert outcomes(later) == [2]
    assert texts(room) == [None, "again"]
    assert client_for(alice).get("/chat/").status_code == 200
    assert client_for(alice).get("/api/v1/rooms/").status_code == 200


def test_rewrapping_a_data_key_leaves_every_body_as_it_is(room, alice, settings):
    """What rotating the ring comes down to: the wrapped key changes, and the old ring key can go."""
    journal.write([add(room, alice, "before")])
    body, key, message_id = bytes(Message.objects.get().body), RoomKey.objects.get(), id_of(room, 1)
    of_month, of_ids = b"data:%d:%d" % (room.pk, key.month), b"message-id:" + room.uuid.bytes
    fresh = base64.b64encode(new_key()).decode()

    both = KeyRing([fresh, *settings.DIGI_ENCRYPTION_KEYS])
    room.id_key = both.wrap(both.unwrap(room.id_key, of_ids), of_ids)
    room.save(update_fields=["id_key"])
    RoomKey.objects.update(wrapped=both.wrap(both.unwrap(bytes(key.wrapped), of_month), of_month))
    settings.DIGI_ENCRYPTION_KEYS = [fresh]
    sealing.forget()

    assert texts(room) == ["before"]
    assert bytes(Message.objects.get().body) == body
    assert id_of(room, 1) == message_id
    assert outcomes(journal.write([add(room, alice, "after")])) == [2]


def test_draft_is_kept_replaced_and_dropped(room, alice, bob):
    drafts.keep(room=room, by=alice, text="begun")
    drafts.keep(room=room, by=alice, text="begun anew")
    assert overview.one(alice, room).draft == "begun anew"
    assert overview.one(bob, room).draft == ""

    drafts.keep(room=room, by=alice, text=" \n")
    assert not Draft.objects.exists()
