"""What a person takes away from the chat: their own words, and the names of their rooms."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Message
from chat.services import drafts, messages, rooms, sealing
from digi.accounts.services import erasure, export, people

pytestmark = pytest.mark.django_db


def archive_of(user) -> dict:
    return {entry.name: json.loads(entry.content) for entry in export.entries(user) if isinstance(entry.content, bytes)}


def words_of(user) -> list:
    return [line["text"] for line in archive_of(user)["chat/messages.json"]]


def post(room, by, text):
    return messages.post(room=room, by=by, text=text)


def test_own_messages_with_their_earlier_words_are_taken_away(room, alice, bob):
    written = post(room, alice, "frist")
    messages.edit(room=room, by=alice, message_id=written.message_id, text="first")
    post(room, bob, "an answer of bob")

    (line,) = archive_of(alice)["chat/messages.json"]

    assert (line["room"], line["text"], line["deleted"]) == (str(room.uuid), "first", False)
    assert [old["text"] for old in line["earlier"]] == ["frist"]
    assert "an answer" not in json.dumps(archive_of(alice))


def test_deleted_message_has_no_words(room, alice):
    written = post(room, alice, "regretted")
    messages.delete(room=room, by=alice, message_id=written.message_id)

    (line,) = archive_of(alice)["chat/messages.json"]

    assert (line["text"], line["deleted"], line["earlier"]) == (None, True, [])


def test_destroyed_key_leaves_no_words_and_breaks_nothing(room, alice):
    post(room, alice, "shredded")
    room.keys.update(wrapped=b"x" * 60)
    sealing.forget()

    assert words_of(alice) == [None]


def test_outsider_takes_nothing_of_it_away(room, alice, charlie):
    post(room, alice, "between us")

    found = archive_of(charlie)

    assert found["chat/messages.json"] == found["chat/rooms.json"] == []
    assert "between us" not in json.dumps(found)


def test_room_of_two_bears_the_name_of_the_other(room, alice):
    (line,) = archive_of(alice)["chat/rooms.json"]

    assert (line["room"], line["name"], line["left_at"]) == (str(room.uuid), "Bob", None)


def test_former_member_keeps_the_own_words_and_no_name(alice, bob, charlie):
    group = rooms.open_group(by=bob, others=[alice, charlie], title="The plan")
    post(group, alice, "mine")
    rooms.leave(room=group, by=alice)
    post(group, bob, "said later")

    found = archive_of(alice)

    (line,) = found["chat/rooms.json"]
    assert line["name"] is None
    assert line["left_at"] is not None
    assert words_of(alice) == ["mine"]
    assert "said later" not in json.dumps(found)
    assert "The plan" not in json.dumps(found)


def test_drafts_are_taken_away_and_go(room, alice, bob):
    drafts.keep(room=room, by=alice, text="half a thought")
    drafts.keep(room=room, by=bob, text="of bob")
    assert [line["text"] for line in archive_of(alice)["chat/drafts.json"]] == ["half a thought"]

    people.anonymise(user=alice)

    assert [line["text"] for line in archive_of(bob)["chat/drafts.json"]] == ["of bob"]


def test_erasure_tells_that_messages_stay_and_drafts_go(room, alice, bob):
    post(room, alice, "still here")
    drafts.keep(room=room, by=alice, text="half a thought")

    told = {line.name: (line.count, bool(line.why)) for line in erasure.preview(alice)}
    people.anonymise(user=alice)

    assert told["chat/messages"] == (1, True)
    assert told["chat/rooms"] == (1, True)
    assert told["chat/drafts"] == (1, False)
    assert Message.objects.get().sender.get_full_name().startswith("deleted-")
    assert archive_of(bob)["chat/rooms.json"][0]["name"].startswith("deleted-")


def test_number_of_queries_is_the_same_for_one_and_three(room, other_room, alice):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            archive_of(alice)
        return len(queries)

    post(room, alice, "one")
    one = cost()
    for text in ("two", "three"):
        post(room, alice, text)
        post(other_room, alice, text)

    assert cost() == one
