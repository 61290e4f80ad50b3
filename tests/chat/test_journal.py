"""The journal: many entries in one transaction, numbered without a hole, each answered for itself."""

import threading
import time
import uuid
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from chat import events
from chat.models import Change, ChangeKind, Message, Revision, RoomKey
from chat.services import chain, history, journal, messages, rooms
from chat.services.entries import Note
from digi.errors import Conflict
from digi.moments import moment
from tests.chat.writing import add, delete, edit, id_of, office, outcomes

pytestmark = pytest.mark.django_db


def texts(room) -> list[str | None]:
    return [message.message for message in history.page(room)[0]]


def setting(room, user, value="off") -> Note:
    return Note(
        room_id=room.pk,
        user_id=user.pk,
        username=user.username,
        kind=ChangeKind.SETTING,
        subject_id=user.pk,
        subject=user.username,
        detail=f"receipts={value}",
    )


# Numbers


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


# How much it costs


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


# The same again


def test_same_cid_again_is_answered_as_the_first_time(room, alice):
    entry = add(room, alice)
    first = journal.write_one(entry)

    again = journal.write_one(entry)

    assert (again.n, again.seq, again.rev, again.message_id) == (first.n, first.seq, first.rev, first.message_id)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert Message.objects.count() == 1


def test_same_cid_twice_in_one_batch_is_written_once(room, alice):
    entry = add(room, alice)

    answers = journal.write([entry, add(room, alice, "between"), entry])

    assert [(answer.n, answer.duplicate) for answer in answers] == [(1, False), (2, False), (1, True)]
    assert texts(room) == ["hi", "between"]


@pytest.mark.parametrize("together", [True, False])
def test_same_cid_with_other_text_is_a_conflict(room, alice, together):
    cid = uuid.uuid4()
    entries = [add(room, alice, "hi", cid=cid), add(room, alice, "ho", cid=cid)]

    answers = journal.write(entries) if together else [answer for one in entries for answer in journal.write([one])]

    assert outcomes(answers) == [1, "cid_conflict"]
    assert texts(room) == ["hi"]


def test_same_cid_in_another_room_or_as_another_kind_is_a_conflict(room, other_room, alice):
    cid = uuid.uuid4()
    journal.write([add(room, alice, cid=cid)])

    answers = journal.write(
        [
            add(other_room, alice, cid=cid),
            edit(room, alice, id_of(room, 1), "hi", cid=cid),
            delete(room, alice, id_of(room, 1), cid=cid),
        ]
    )

    assert outcomes(answers) == ["cid_conflict"] * 3
    assert Change.objects.count() == 1


def test_same_cid_of_two_people_is_two_messages(room, alice, bob):
    cid = uuid.uuid4()

    answers = journal.write([add(room, alice, cid=cid), add(room, bob, cid=cid)])

    assert [(answer.n, answer.duplicate) for answer in answers] == [(1, False), (2, False)]


def test_add_sent_again_after_its_edit_is_still_the_same_add(room, alice):
    entry = add(room, alice, "first")
    journal.write([entry, edit(room, alice, id_of(room, 1), "second"), edit(room, alice, id_of(room, 1), "third")])

    same, other = journal.write([entry, add(room, alice, "third", cid=entry.cid)])

    assert (same.n, same.seq, same.rev, same.duplicate) == (1, 1, 1, True)
    assert other.code == "cid_conflict"
    assert texts(room) == ["third"]


def test_edit_sent_again_is_answered_even_after_a_later_edit(room, alice):
    entry = edit(room, alice, id_of(room, 1), "second")
    journal.write([add(room, alice, "first"), entry, edit(room, alice, id_of(room, 1), "third")])

    again = journal.write_one(entry)
    other = journal.write([edit(room, alice, id_of(room, 1), "fourth", cid=entry.cid)])

    assert (again.n, again.rev, again.duplicate) == (2, 2, True)
    assert outcomes(other) == ["cid_conflict"]
    assert texts(room) == ["third"]


def test_edit_sent_again_with_its_base_is_no_stale_revision(room, alice):
    journal.write([add(room, alice, "first")])
    entry = edit(room, alice, id_of(room, 1), "second", base_rev=1)

    answers = [journal.write_one(entry) for _ in range(2)]

    assert [(answer.n, answer.rev, answer.duplicate) for answer in answers] == [(2, 2, False), (2, 2, True)]


def test_edit_of_another_message_under_the_same_cid_is_a_conflict(room, alice):
    cid = uuid.uuid4()
    journal.write([add(room, alice), add(room, alice), edit(room, alice, id_of(room, 1), "same", cid=cid)])

    assert outcomes(journal.write([edit(room, alice, id_of(room, 2), "same", cid=cid)])) == ["cid_conflict"]
    assert texts(room) == ["same", "hi"]


def test_delete_of_another_message_under_the_same_cid_is_a_conflict(room, alice):
    cid = uuid.uuid4()
    journal.write([add(room, alice), add(room, alice), delete(room, alice, id_of(room, 1), cid=cid)])

    assert outcomes(journal.write([delete(room, alice, id_of(room, 2), cid=cid)])) == ["cid_conflict"]
    assert texts(room) == [None, "hi"]


def test_what_is_sent_again_after_its_deletion_stays_deleted(room, alice):
    added, deleted = add(room, alice), delete(room, alice, id_of(room, 1))
    journal.write([added, deleted])

    answers = journal.write([added, deleted])

    assert [(answer.n, answer.duplicate) for answer in answers] == [(1, True), (2, True)]
    assert texts(room) == [None]
    assert chain.verify(room) is None


def test_resend_by_who_has_left_is_refused(room, alice, bob):
    entry = add(room, bob)
    journal.write([entry])
    rooms.leave(room=room, by=bob)

    assert outcomes(journal.write([entry])) == ["not_member"]


# Edits and deletes


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


# What is told


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


# A database that is busy


@pytest.fixture
def lock(transactional_db):
    """Hold the database's write lock in another connection: `lock(0.1)` for so many seconds."""
    if connection.vendor != "sqlite":
        pytest.skip("waits for locks instead of failing")
    connection.cursor().execute("PRAGMA busy_timeout = 40")
    held, threads = threading.Event(), []

    def hold(seconds: float) -> None:
        try:
            with transaction.atomic():  # BEGIN IMMEDIATE
                held.set()
                time.sleep(seconds)
        finally:
            connections.close_all()

    def start(seconds: float) -> threading.Thread:
        threads.append(threading.Thread(target=hold, args=(seconds,)))
        threads[-1].start()
        assert held.wait(5)
        return threads[-1]

    yield start
    for thread in threads:
        thread.join()
    connection.close()


def test_locked_database_is_tried_again(room, alice, lock):
    lock(0.06)

    with office() as told:
        answers = journal.write([add(room, alice)])

    assert outcomes(answers) == [1]
    assert [event.n for event in told] == [1]
    assert Message.objects.count() == 1


def test_database_that_stays_locked_is_an_error_and_nothing_is_told(room, alice, lock):
    thread = lock(0.6)

    with office() as told, pytest.raises(OperationalError):
        journal.write([add(room, alice)])

    thread.join()
    assert told == []
    assert not Message.objects.exists()
    assert outcomes(journal.write([add(room, alice)])) == [1]


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
