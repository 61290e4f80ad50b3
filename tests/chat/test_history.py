"""Reading a room: pages for people, and what came after a number for sockets."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Message
from chat.services import history, journal, messages, rooms
from digi.moments import moment
from digi.realtime.wire import text_of
from tests.chat.storms import frames
from tests.chat.writing import add, delete, edit, id_of

pytestmark = pytest.mark.django_db


def seqs(found) -> list[int]:
    return [message.seq for message in found]


# Pages


@pytest.fixture
def seven(room, alice, bob):
    """Seven messages with odd seqs; the numbers between went to something else."""
    for number in range(7):
        journal.write([add(room, (alice, bob)[number % 2], f"text {number}")])
        rooms.set_receipts(room=room, by=bob, on=bool(number % 2))
    return room


def test_pages_before_a_seq_lead_to_the_beginning(seven):
    newest, more = history.page(seven, limit=3)
    older, more_still = history.page(seven, before=newest[0].seq, limit=3)
    oldest, no_more = history.page(seven, before=older[0].seq, limit=3)

    assert [seqs(part) for part in (newest, older, oldest)] == [[9, 11, 13], [3, 5, 7], [1]]
    assert (more, more_still, no_more) == (True, True, False)
    assert [message.message for message in newest] == ["text 4", "text 5", "text 6"]


def test_pages_after_a_seq_lead_to_the_end(seven):
    first, more = history.page(seven, after=0, limit=4)
    rest, no_more = history.page(seven, after=first[-1].seq, limit=3)

    assert [seqs(first), seqs(rest)] == [[1, 3, 5, 7], [9, 11, 13]]
    assert (more, no_more) == (True, False)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"before": 1}, ([], False)),
        ({"before": 2}, ([1], False)),
        ({"after": 13}, ([], False)),
        ({"after": 12}, ([13], False)),
        ({"after": 2**60}, ([], False)),
        ({"limit": 7}, ([1, 3, 5, 7, 9, 11, 13], False)),
        ({"limit": 6}, ([3, 5, 7, 9, 11, 13], True)),
    ],
)
def test_pages_at_the_edges(seven, asked, expected):
    found, more = history.page(seven, **asked)

    assert (seqs(found), more) == expected


def test_page_shows_present_states(room, alice, bob):
    journal.write(
        [
            add(room, alice, "one"),
            add(room, bob, "two", reply_to=id_of(room, 1)),
            edit(room, alice, id_of(room, 1), "uno"),
            delete(room, bob, id_of(room, 2)),
        ]
    )

    first, second = history.page(room)[0]

    assert (first.message, first.rev, first.n, first.deleted) == ("uno", 2, 3, False)
    assert first.changed_at == first.at == Message.objects.get(seq=1).at
    assert (second.message, second.rev, second.n, second.deleted, second.reply_to) == (
        None,
        2,
        4,
        True,
        first.message_id,
    )


def test_page_holds_nothing_of_other_rooms(room, other_room, alice):
    journal.write([add(room, alice, "here"), add(other_room, alice, "there")])

    assert [message.message for message in history.page(room)[0]] == ["here"]


@pytest.mark.parametrize("rows", [1, 30])
def test_page_takes_two_queries(room, alice, rows, django_assert_num_queries):
    journal.write([add(room, alice) for _ in range(rows)])

    with django_assert_num_queries(2):
        history.page(room)


def test_last_messages_take_as_many_queries_for_three_rooms_as_for_one(person, alice, django_assert_num_queries):
    opened = [rooms.open_pair(by=alice, other=person(f"friend{number}"))[0] for number in range(3)]
    journal.write([add(room, alice, f"{number} {room.pk}") for room in opened for number in range(2)])

    with CaptureQueriesContext(connection) as one:
        history.last_messages(opened[:1])
    with django_assert_num_queries(len(one)):
        found = history.last_messages(opened)

    assert {room: shown.message for room, shown in found.items()} == {room.pk: f"1 {room.pk}" for room in opened}


def test_revisions_are_told_oldest_first_and_gone_with_the_message(room, alice):
    said = messages.post(room=room, by=alice, text="one")
    for text in ("two", "three"):
        messages.edit(room=room, by=alice, message_id=said.message_id, text=text)

    told = history.revisions(room, said.seq)
    messages.delete(room=room, by=alice, message_id=said.message_id)

    assert [(rev, text) for rev, text, _ in told] == [(1, "one"), (2, "two"), (3, "three")]
    times = [at for _, _, at in told]
    assert times == sorted(times)
    assert times[0] == Message.objects.get().at
    assert history.revisions(room, said.seq) == []
    assert history.revisions(room, 99) == []


# After a number


def test_after_brings_every_change_with_exact_frames(room, alice, bob):
    cids = [uuid.UUID(int=number) for number in range(9)]
    journal.write(
        [
            add(room, alice, "one", cid=cids[0]),
            add(room, bob, "two", cid=cids[1], reply_to=id_of(room, 1)),
            edit(room, alice, id_of(room, 1), "uno", cid=cids[2]),
            add(room, bob, "three", cid=cids[3]),
            delete(room, bob, id_of(room, 4), cid=cids[4]),
        ]
    )
    rooms.set_receipts(room=room, by=bob, on=False)
    rooms.leave(room=room, by=bob)
    rooms.open_pair(by=alice, other=bob)

    look = history.after(room, 0)

    found = frames(look.events)
    at = [frame.pop("at") for frame in found if frame["type"] != "passed"]
    assert found == [
        {"type": "passed", "from": 1, "to": 1},
        {
            "type": "add", "n": 2, "seq": 2, "rev": 1, "message_id": id_of(room, 2), "user": "bob", "message": "two",
            "cid": str(cids[1]), "reply_to": id_of(room, 1),
        },
        {
            "type": "add", "n": 3, "seq": 1, "rev": 2, "message_id": id_of(room, 1), "user": "alice", "message": "uno",
            "cid": str(cids[0]), "reply_to": None,
        },
        {"type": "passed", "from": 4, "to": 4},
        {"type": "delete", "n": 5, "seq": 4, "rev": 2, "message_id": id_of(room, 4), "user": "bob"},
        {"type": "setting", "n": 6, "user": "bob", "name": "receipts", "value": "off"},
        {"type": "member", "n": 7, "user": "bob", "state": "left", "by": "bob"},
        {"type": "member", "n": 8, "user": "bob", "state": "joined", "by": "alice"},
    ]  # fmt: skip
    assert (look.last, look.more) == (8, False)
    assert len(at) == 6
    assert all(time.endswith("Z") and len(time) == 24 for time in at)
    assert next(iter(json.loads(text_of(look.events[1].frame)))) == "type"


def test_numbers_overtaken_in_a_row_come_as_one(room, alice):
    journal.write([add(room, alice) for _ in range(6)])
    journal.write([edit(room, alice, id_of(room, seq)) for seq in (1, 2, 3, 5)])

    found = frames(history.after(room, 0).events)

    assert [(frame["type"], frame.get("from"), frame.get("to")) for frame in found if frame["type"] == "passed"] == [
        ("passed", 1, 3),
        ("passed", 5, 5),
    ]
    assert [frame["n"] for frame in found if "n" in frame] == [4, 6, 7, 8, 9, 10]


def test_after_the_head_is_nothing(room, alice):
    journal.write([add(room, alice)])
    room.refresh_from_db()

    assert history.after(room, 1) == history.Look([], 1, False)


def test_after_more_than_there_is_leads_back_to_the_head(room, other_room, alice):
    journal.write([add(room, alice), add(room, alice)])

    assert history.looks([(room.pk, 99), (other_room.pk, 2**53)]) == [
        history.Look([], 2, False),
        history.Look([], 0, False),
    ]


def test_replayed_message_knows_the_edit_it_could_have_been(room, alice):
    journal.write([add(room, alice, "one"), edit(room, alice, id_of(room, 1), "uno")])
    message = Message.objects.get()

    passed, event = history.after(room, 0).events

    assert json.loads(text_of(passed.frame)) == {"type": "passed", "from": 1, "to": 1}
    assert json.loads(text_of(event.as_edit.frame)) == {
        "type": "edit", "n": 2, "seq": 1, "rev": 2, "message_id": id_of(room, 1), "user": "alice", "message": "uno",
        "at": moment(message.changed_at),
    }  # fmt: skip
    assert json.loads(text_of(event.frame))["at"] == moment(message.at)


def test_look_that_was_overtaken_says_that_there_is_more(room, alice, monkeypatch):
    """Between reading the log and reading the messages somebody edits: only the edit's own number brings the text."""
    journal.write([add(room, alice, "one"), add(room, alice, "two")])
    filtered = Message.objects.filter
    calls = []

    def first_edited(**conditions):
        if "seq__in" in conditions and not calls:
            calls.append(1)
            journal.write([edit(room, alice, id_of(room, 1), "uno")])
        return filtered(**conditions)

    monkeypatch.setattr(Message.objects, "filter", first_edited)
    look = history.after(room, 0)

    assert [frame["type"] for frame in frames(look.events)] == ["passed", "add"]
    assert (look.last, look.more) == (2, True)
    assert [frame["message"] for frame in frames(history.after(room, 2).events)] == ["uno"]


@pytest.mark.parametrize("changes", [1, 40])
def test_after_takes_three_queries(room, alice, changes, django_assert_num_queries):
    journal.write([add(room, alice) for _ in range(changes)])

    with django_assert_num_queries(3):
        history.after(room, 0)


def test_looks_share_answers_and_keep_their_order(room, other_room, alice, django_assert_num_queries):
    journal.write([add(room, alice, "here"), add(other_room, alice, "there"), add(room, alice, "again")])
    asked = [(room.pk, 0), (other_room.pk, 0), (room.pk, 1), (room.pk, 0), (room.pk, 2)]

    with django_assert_num_queries(1 + 3 + 3 + 3 + 1):
        found = history.looks(asked)

    assert [[frame["message"] for frame in frames(look.events)] for look in found] == [
        ["here", "again"], ["there"], ["again"], ["here", "again"], [],
    ]  # fmt: skip
