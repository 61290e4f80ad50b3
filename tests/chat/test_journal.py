"""The journal: many entries in one transaction, numbered without a hole, each answered for itself."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Change, Message, Revision
from chat.services import chain, journal, messages, rooms
from tests.chat.writing import add, delete, edit, id_of, outcomes, setting, texts

pytestmark = pytest.mark.django_db


def test_numbers_go_on_over_kinds_and_batches(room, alice, bob):
    first = journal.write([add(room, alice), add(room, bob), setting(room, bob), edit(room, alice, id_of(room, 1))])
    second = journal.write([delete(room, bob, id_of(room, 2)), add(room, bob), edit(room, bob, id_of(room, 6))])

    assert outcomes(first + second) == [1, 2, 3, 4, 5, 6, 7]
    assert [(answer.seq, answer.rev) for answer in first + second] == [
        (1, 1), (2, 1), (0, 0), (1, 2), (2, 2), (6, 1), (6, 2),
    ]  # fmt: skip
    assert list(Change.objects.filter(room=room).order_by("n").values_list("n", "kind", "seq", "rev")) == [
        (1, "add", 1, 1),
        (2, "add", 2, 1),
        (3, "setting", None, None),
        (4, "edit", 1, 2),
        (5, "delete", 2, 2),
        (6, "add", 6, 1),
        (7, "edit", 6, 2),
    ]
    room.refresh_from_db()
    assert room.head == 7
    assert chain.verify(room) is None


def test_rooms_of_one_batch_count_for_themselves(room, other_room, alice, bob, charlie):
    answers = journal.write([add(room, alice), add(other_room, alice), add(room, bob), add(other_room, charlie)])

    assert outcomes(answers) == [1, 1, 2, 2]
    assert [chain.verify(one) for one in (room, other_room)] == [None, None]


def test_bad_entries_fail_alone_and_take_no_number(room, other_room, alice, bob, charlie):
    answers = journal.write(
        [
            add(room, alice, "one"),
            add(room, alice, " \n"),
            add(room, charlie, "let me in"),
            add(room, bob, "two"),
            edit(room, bob, id_of(room, 1)),
            edit(room, bob, "never-was"),
            edit(room, bob, id_of(other_room, 2)),
            edit(room, bob, id_of(room, 77)),
            delete(room, bob, id_of(room, 0)),
            add(room, bob, "three", reply_to="never-was"),
            add(room, alice, "x" * 8001),
            edit(room, alice, id_of(room, 1), "\u200a"),
            add(room, alice, "three"),
        ]
    )

    assert outcomes(answers) == [
        1, "empty", "not_member", 2, "not_yours", "unknown_message", "unknown_message", "unknown_message",
        "unknown_message", "unknown_message", "too_long", "empty", 3,
    ]  # fmt: skip
    assert texts(room) == ["one", "two", "three"]
    assert Change.objects.count() == 3
    assert not Revision.objects.exists()


def test_room_that_is_not_there_is_like_one_of_others(room, alice):
    entry = add(room, alice)
    entry.room_id += 1000

    assert outcomes(journal.write([entry, add(room, alice)])) == ["not_member", 1]


def test_nothing_to_write_is_nothing_written(db):
    assert journal.write([]) == []


def test_entries_can_be_dated_by_who_brings_them_in(room, alice):
    then = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)

    journal.write([add(room, alice)], at=then)

    message = Message.objects.get()
    assert message.at == then
    assert message.key.month == 2024 * 12 + 1
    assert chain.verify(room) is None


# Length


@pytest.mark.parametrize("letter", ["x", "ü", "🫠", "\u0301"])
def test_length_counts_code_points(room, alice, letter):
    fits, over = letter * 8000, letter * 8001

    answers = journal.write([add(room, alice, fits), add(room, alice, over), edit(room, alice, id_of(room, 1), over)])

    assert outcomes(answers) == [1, "too_long", "too_long"]
    assert answers[1].extra == {"limit": 8000}
    assert texts(room) == [fits]


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\u202e", "</script>", "🏳️‍🌈", " spaced \n", "\ufeff"])
def test_text_comes_back_as_it_was_written(room, alice, text):
    journal.write([add(room, alice, text)])

    assert texts(room) == [text]


# Membership


def test_outsider_and_former_member_write_nothing(room, alice, bob, charlie):
    rooms.leave(room=room, by=bob)
    room.refresh_from_db()

    answers = journal.write([add(room, who) for who in (charlie, bob, alice)])

    assert outcomes(answers) == ["not_member", "not_member", 2]


def test_stale_epoch_of_a_former_member_opens_nothing(room, alice, bob):
    epoch = room.epoch
    rooms.leave(room=room, by=bob)

    answers = journal.write([add(room, bob, epoch=epoch), add(room, alice, epoch=epoch)])

    assert outcomes(answers) == ["not_member", 2]


def test_epoch_that_stands_spares_the_question(room, alice):
    with CaptureQueriesContext(connection) as asked:
        journal.write([add(room, alice)])
    with CaptureQueriesContext(connection) as trusted:
        journal.write([add(room, alice, epoch=room.epoch)])

    assert any("chat_membership" in query["sql"] for query in asked)
    assert not any("chat_membership" in query["sql"] for query in trusted)


def test_member_who_comes_back_writes_again(room, alice, bob):
    rooms.leave(room=room, by=bob)
    rooms.open_pair(by=bob, other=alice)

    assert outcomes(journal.write([add(room, bob)])) == [3]


# The services over it


def test_services_post_edit_and_delete_through_the_journal(room, alice, bob, charlie):
    posted = messages.post(room=room, by=alice, text="hi")
    edited = messages.edit(room=room, by=alice, message_id=posted.message_id, text="hi!", base_rev=1)
    answered = messages.post(room=room, by=bob, text="hello", reply_to=posted.message_id)
    deleted = messages.delete(room=room, by=alice, message_id=posted.message_id)

    assert [one.n for one in (posted, edited, answered, deleted)] == [1, 2, 3, 4]
    assert {posted.message_id, edited.message_id, deleted.message_id} == {id_of(room, 1)}
    for attempt in (
        lambda: messages.post(room=room, by=charlie, text="hi"),
        lambda: messages.edit(room=room, by=charlie, message_id=answered.message_id, text="hi"),
        lambda: messages.delete(room=room, by=charlie, message_id=answered.message_id),
    ):
        with pytest.raises(Exception, match="not in this room") as refused:
            attempt()
        assert refused.value.code == "not_member"
