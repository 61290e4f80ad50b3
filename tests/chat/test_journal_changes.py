"""The journal's edits and deletes: on the revision they were written for, by whom they belong to, gone for good."""

from datetime import UTC, datetime

import pytest

from chat.models import Message, Revision, RoomKey
from chat.services import chain, history, journal
from digi.errors import Conflict
from tests.chat.writing import add, delete, edit, id_of, outcomes, texts

pytestmark = pytest.mark.django_db


def test_stale_edit_is_told_what_stands(room, alice):
    journal.write([add(room, alice, "one"), edit(room, alice, id_of(room, 1), "two", base_rev=1)])

    answer = journal.write([edit(room, alice, id_of(room, 1), "three", base_rev=1)])[0]

    assert isinstance(answer, Conflict)
    assert (answer.code, answer.extra) == ("stale_revision", {"rev": 2, "text": "two"})
    assert texts(room) == ["two"]


def test_two_edits_of_one_message_in_a_batch_follow_each_other(room, alice):
    journal.write([add(room, alice, "one")])

    answers = journal.write(
        [
            edit(room, alice, id_of(room, 1), "two", base_rev=1),
            edit(room, alice, id_of(room, 1), "stale", base_rev=1),
            edit(room, alice, id_of(room, 1), "three", base_rev=2),
        ]
    )

    assert outcomes(answers) == [2, "stale_revision", 3]
    assert answers[1].extra == {"rev": 2, "text": "two"}
    assert [(rev, text) for rev, text, _ in history.revisions(room, 1)] == [(1, "one"), (2, "two"), (3, "three")]


def test_message_of_this_very_batch_can_be_edited_and_deleted(room, alice):
    answers = journal.write(
        [
            add(room, alice, "one"),
            edit(room, alice, id_of(room, 1), "two", base_rev=1),
            edit(room, alice, id_of(room, 1), "stale", base_rev=1),
            add(room, alice, "other", reply_to=id_of(room, 1)),
            delete(room, alice, id_of(room, 3)),
        ]
    )

    assert outcomes(answers) == [1, 2, "stale_revision", 3, 4]
    assert answers[2].extra == {"rev": 2, "text": "two"}
    assert [(rev, text) for rev, text, _ in history.revisions(room, 1)] == [(1, "one"), (2, "two")]
    assert texts(room) == ["two", None]
    assert chain.verify(room) is None


def test_nothing_changes_a_deleted_message(room, alice):
    answers = journal.write(
        [
            add(room, alice),
            delete(room, alice, id_of(room, 1)),
            edit(room, alice, id_of(room, 1)),
            delete(room, alice, id_of(room, 1)),
        ]
    )
    later = journal.write([edit(room, alice, id_of(room, 1)), delete(room, alice, id_of(room, 1))])

    assert outcomes(answers) == [1, 2, "message_deleted", "message_deleted"]
    assert outcomes(later) == ["message_deleted", "message_deleted"]


@pytest.mark.parametrize("together", [True, False])
def test_delete_takes_body_and_revisions_along(room, alice, together):
    entries = [
        add(room, alice, "one"),
        edit(room, alice, id_of(room, 1), "two"),
        edit(room, alice, id_of(room, 1), "three"),
        delete(room, alice, id_of(room, 1)),
    ]

    for part in [entries] if together else [entries[:2], entries[2:3], entries[3:]]:
        journal.write(part)

    message = Message.objects.get()
    assert (bytes(message.body), message.deleted, message.rev, message.n) == (b"", True, 4, 4)
    assert not Revision.objects.exists()
    assert history.revisions(room, 1) == []


def test_edits_of_others_are_refused_whoever_they_are(room, alice, bob, charlie):
    journal.write([add(room, alice)])

    answers = journal.write([edit(room, who, id_of(room, 1)) for who in (bob, charlie)])
    answers += journal.write([delete(room, who, id_of(room, 1)) for who in (bob, charlie)])

    assert outcomes(answers) == ["not_yours", "not_member"] * 2
    assert texts(room) == ["hi"]


def test_reply_names_a_message_of_the_same_room(room, other_room, alice, bob):
    journal.write([add(room, alice), add(other_room, alice)])

    answers = journal.write(
        [add(room, bob, "yes", reply_to=id_of(room, 1)), add(room, bob, "no", reply_to=id_of(other_room, 1))]
    )

    assert outcomes(answers) == [2, "unknown_message"]
    assert Message.objects.get(room=room, seq=2).reply_to == 1


def test_edit_is_sealed_under_the_key_of_the_birth_month(room, alice):
    born, edited = datetime(2026, 1, 31, 23, 0, tzinfo=UTC), datetime(2026, 2, 1, 1, 0, tzinfo=UTC)
    journal.write([add(room, alice, "one")], at=born)

    journal.write([edit(room, alice, id_of(room, 1), "two")], at=edited)

    message = Message.objects.select_related("key").get()
    assert message.key.month == 2026 * 12
    assert RoomKey.objects.count() == 1
    assert texts(room) == ["two"]
    assert (message.at, message.changed_at) == (born, edited)
