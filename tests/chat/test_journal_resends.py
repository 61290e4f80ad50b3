"""The journal is sent the same again: answered as the first time, and written once."""

import uuid

import pytest

from chat.models import Change, Message
from chat.services import chain, journal, rooms
from tests.chat.writing import add, delete, edit, id_of, outcomes, texts

pytestmark = pytest.mark.django_db


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
