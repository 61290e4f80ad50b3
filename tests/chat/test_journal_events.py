"""What the journal tells, to whom has asked, and only once it is stored."""

import uuid

import pytest
from django.db import transaction

from chat import events
from chat.models import Change, Message, RoomKey
from chat.services import journal
from digi.moments import moment
from tests.chat.writing import add, delete, edit, id_of, office, setting, texts

pytestmark = pytest.mark.django_db


def test_events_are_told_after_the_commit_in_the_order_of_numbers(
    room, other_room, alice, bob, django_capture_on_commit_callbacks
):
    with office() as told, django_capture_on_commit_callbacks(execute=True):
        answers = journal.write(
            [
                add(room, alice, "one"),
                add(other_room, alice, "elsewhere"),
                edit(room, alice, id_of(room, 1), "two"),
                add(room, alice, "", cid=uuid.uuid4()),
                add(room, bob, "three", reply_to=id_of(room, 1)),
                setting(room, bob),
                delete(room, bob, id_of(room, 3)),
            ]
        )
        assert told == []

    at = moment(Change.objects.latest("pk").at)
    place = {"topic": f"room:{room.pk}", "room": str(room.uuid), "at": at}
    first, third = id_of(room, 1), id_of(room, 3)
    cids = [str(change.cid) for change in Change.objects.filter(room=room).order_by("n")]
    assert [event for event in told if event.room == str(room.uuid)] == [
        events.MessageAdded(
            **place, n=1, seq=1, rev=1, message_id=first, user="alice", message="one", cid=cids[0], reply_to=None
        ),
        events.MessageEdited(**place, n=2, seq=1, rev=2, message_id=first, user="alice", message="two"),
        events.MessageAdded(
            **place, n=3, seq=3, rev=1, message_id=third, user="bob", message="three", cid=cids[2], reply_to=first
        ),
        events.SettingChanged(**place, n=4, user="bob", setting="receipts", value="off"),
        events.MessageDeleted(**place, n=5, seq=3, rev=2, message_id=third, user="bob"),
    ]
    assert len(told) == 6
    assert answers[3].code == "empty"


def test_duplicates_tell_nothing(room, alice, django_capture_on_commit_callbacks):
    entry = add(room, alice)
    journal.write([entry])

    with office() as told, django_capture_on_commit_callbacks(execute=True):
        journal.write([entry])

    assert told == []


@pytest.mark.django_db(transaction=True)
def test_rolled_back_writing_tells_and_keeps_nothing(room, alice):
    with office() as told, transaction.atomic():
        journal.write([add(room, alice)])
        transaction.set_rollback(True)

    room.refresh_from_db()
    assert told == []
    assert room.head == 0
    assert not Message.objects.exists()
    assert not RoomKey.objects.exists()
    journal.write([add(room, alice)])  # under a key that exists, not the one that was rolled back
    assert texts(room) == ["hi"]
