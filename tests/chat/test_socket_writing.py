"""Writing through a socket: what is answered, what is refused by which name, and that a refusal stores nothing."""

import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from chat.models import Change, Membership, Message, Room
from chat.services import history, messages
from tests.chat.sockets import aside
from tests.chat.writing import id_of

V2, SEED = "digi.v2", None
DIALECTS = pytest.mark.parametrize("dialect", [V2, SEED], ids=["v2", "seed"])


def stored() -> tuple:
    """Everything a write could have changed."""
    rows = Message.objects.order_by("pk").values_list("room", "seq", "n", "rev", "deleted", "body")
    return tuple(Room.objects.order_by("pk").values_list("head")), Change.objects.count(), tuple(rows)


@pytest.fixture
def talk(room, other_room, alice, bob, charlie):
    """Alice has said something here, Bob has answered; Alice and Charlie talk elsewhere."""
    messages.post(room=room, by=alice, text="hi")
    messages.post(room=room, by=bob, text="hello")
    for number in range(3):
        messages.post(room=other_room, by=charlie, text=f"psst {number}")


FRAMES = [
    ('{"type":"add","message":""}', "empty"),
    ('{"type":"add","message":" \\n\\t\\u2003"}', "empty"),
    (f'{{"type":"add","message":"{"x" * 8001}"}}', "too_long"),
    (f'{{"type":"add","message":"{"🫠" * 8001}"}}', "too_long"),
    ('{"type":"add","message":7}', "bad_frame"),
    ('{"type":"add","message":null}', "bad_frame"),
    ('{"type":"add","message":["hi"]}', "bad_frame"),
    ('{"type":"add","message":"\\ud800"}', "bad_frame"),
    ('{"type":"add"}', "bad_frame"),
    ('{"type":"edit","message":"hi"}', "bad_frame"),
    ('{"type":"add","message":"hi","room":7}', "bad_frame"),
    ('{"message":"hi"}', "bad_frame"),
    ('{"type":7,"message":"hi"}', "bad_frame"),
    ('{"type":"shout","message":"hi"}', "unknown_type"),
    ('{"type":"chat.message","message":"hi"}', "unknown_type"),
    ('{"type":"","message":"hi"}', "unknown_type"),
    ("[]", "bad_frame"),
    ("null", "bad_frame"),
    ('"hi"', "bad_frame"),
    ("{", "bad_frame"),
    ("hi", "bad_frame"),
    ("\x00", "bad_frame"),
    ("[" * 10_000, "bad_frame"),
    ('{"type":"edit","message_id":"{foreign}","message":"mine now"}', "unknown_message"),
    ('{"type":"edit","message_id":"{missing}","message":"mine now"}', "unknown_message"),
    ('{"type":"edit","message_id":"never-was","message":"mine now"}', "unknown_message"),
    ('{"type":"edit","message_id":"","message":"mine now"}', "unknown_message"),
    ('{"type":"delete","message_id":"{foreign}"}', "unknown_message"),
    ('{"type":"edit","message_id":"{theirs}","message":"mine now"}', "not_yours"),
    ('{"type":"delete","message_id":"{theirs}"}', "not_yours"),
    ('{"type":"edit","message_id":"{own}","message":" "}', "empty"),
    ('{"type":"edit","message_id":"{own}","message":"%s"}' % ("x" * 8001), "too_long"),
]


@DIALECTS
async def test_refusals_have_names_and_store_nothing(house, talk, room, other_room, alice, dialect):
    ids = {"foreign": id_of(other_room, 3), "missing": id_of(room, 9), "theirs": id_of(room, 2), "own": id_of(room, 1)}
    before, cid = await aside(stored), str(uuid.uuid4())

    for part in (FRAMES[:20], FRAMES[20:]):  # thirty strikes would end a socket
        visitor = await house.room(alice, room, dialect)
        for text, code in part:
            for name, message_id in ids.items():
                text = text.replace(f"{{{name}}}", message_id)
            if dialect == V2 and text.startswith('{"type":"'):
                text = text.replace("{", f'{{"cid":"{cid}",', 1)
            await visitor.send(text)
            error = await visitor.hear()
            assert (error["type"], error["code"]) == ("error", code), text[:200]
            assert error["message"]
            if dialect == SEED:
                assert list(error) == ["type", "code", "message"]
            elif code not in ("bad_frame", "unknown_type"):
                assert list(error)[:4] == ["type", "cid", "code", "message"]
                assert error["cid"] == cid
        assert await visitor.silent(0.05)

    assert await aside(stored) == before


V2_FRAMES = [
    ({"type": "add", "message": "hi"}, "bad_frame"),
    ({"type": "add", "cid": "not-a-uuid", "message": "hi"}, "bad_frame"),
    ({"type": "add", "cid": 7, "message": "hi"}, "bad_frame"),
    ({"type": "add", "cid": None, "message": "hi"}, "bad_frame"),
    ({"type": "add", "message": "hi", "cid": "{cid}", "user": "bob"}, "bad_frame"),
    ({"type": "add", "message": "hi", "cid": "{cid}", "reply_to": "{foreign}"}, "unknown_message"),
    ({"type": "add", "message": "hi", "cid": "{cid}", "reply_to": 1}, "bad_frame"),
    ({"type": "add", "message": "hi", "cid": "{cid}", "reply_to": "x" * 201}, "bad_frame"),
    ({"type": "edit", "cid": "{cid}", "message_id": "{own}", "message": "hi!", "base_rev": 2}, "stale_revision"),
    ({"type": "edit", "cid": "{cid}", "message_id": "{own}", "message": "hi!", "base_rev": "1"}, "bad_frame"),
    ({"type": "edit", "cid": "{cid}", "message_id": "{own}", "message": "hi!", "base_rev": 1.5}, "bad_frame"),
    ({"type": "edit", "cid": "{cid}", "message_id": "{own}", "message": "hi!", "base_rev": -1}, "bad_frame"),
    ({"type": "edit", "cid": "{cid}", "message_id": "{own}", "message": "hi!", "base_rev": 2**64}, "bad_frame"),
    ({"type": "resume", "since": -1}, "bad_frame"),
    ({"type": "resume", "since": "0"}, "bad_frame"),
    ({"type": "resume", "since": 2**70}, "bad_frame"),
    ({"type": "resume"}, "bad_frame"),
    ({"type": "ack", "n": None}, "bad_frame"),
    ({"type": "read", "seq": -1}, "bad_frame"),
    ({"type": "delivered", "seq": True}, "bad_frame"),
    ({"type": "typing", "user": "bob"}, "bad_frame"),
    ({"type": "welcome", "head": 1}, "unknown_type"),
    ({"type": "ok"}, "unknown_type"),
    ({"type": "presence", "user": "bob", "state": "offline"}, "unknown_type"),
]


async def test_refusals_in_v2_have_names_and_store_nothing(house, talk, room, other_room, alice):
    visitor = await house.room(alice, room)
    names = {"{foreign}": id_of(other_room, 3), "{own}": id_of(room, 1), "{cid}": str(uuid.uuid4())}
    before = await aside(stored)

    for frame, code in V2_FRAMES:
        await visitor.say(**{key: names.get(str(value), value) for key, value in frame.items()})
        error = await visitor.hear()
        assert (error["type"], error["code"]) == ("error", code), frame

    assert await visitor.silent(0.05)
    assert await aside(stored) == before


@DIALECTS
async def test_binary_frame_is_a_bad_frame(house, talk, room, alice, dialect):
    visitor = await house.room(alice, room, dialect)

    await visitor.link.send_to(bytes_data=b'{"type":"add","message":"hi"}')

    assert (await visitor.hear())["code"] == "bad_frame"
    assert await visitor.silent(0.05)


async def test_seed_client_that_names_somebody_else_is_refused(house, talk, room, alice):
    visitor = await house.room(alice, room, SEED)
    before = await aside(stored)

    for frame in (
        {"type": "add", "message": "hi"},
        {"type": "edit", "message_id": id_of(room, 1), "message": "hi"},
        {"type": "delete", "message_id": id_of(room, 1)},
    ):
        await visitor.say(**frame, user="bob")
        assert (await visitor.hear())["code"] == "wrong_user"

    assert await aside(stored) == before
    await visitor.say(type="add", message="it is me", user="Alice")
    assert (await visitor.hear())["message"] == "it is me"


async def test_stale_edit_gets_what_stands_there(house, talk, room, alice):
    visitor = await house.room(alice, room)
    await aside(messages.edit, room=room, by=alice, message_id=id_of(room, 1), text="hi!")
    assert (await visitor.hear())["rev"] == 2

    cid = str(uuid.uuid4())
    await visitor.say(type="edit", cid=cid, message_id=id_of(room, 1), message="hi?", base_rev=1)
    error = await visitor.hear()

    sentence = error.pop("message")
    assert error == {"type": "error", "cid": cid, "code": "stale_revision", "rev": 2, "text": "hi!"}
    assert sentence != "hi!"
    assert [shown.message for shown in (await aside(history.page, room))[0]] == ["hi!", "hello"]


@DIALECTS
async def test_deleted_message_stays_deleted(house, talk, room, alice, dialect):
    await aside(messages.delete, room=room, by=alice, message_id=id_of(room, 1))
    visitor = await house.room(alice, room, dialect)
    more = {"cid": str(uuid.uuid4())} if dialect == V2 else {}

    await visitor.say(type="edit", message_id=id_of(room, 1), message="back", **more)
    error = await visitor.hear()

    assert error["code"] == "message_deleted"
    assert (await aside(history.page, room))[0][0].message is None


@DIALECTS
async def test_writing_after_leaving_elsewhere_is_refused_and_ends_the_socket(house, talk, room, alice, bob, dialect):
    """Another process has taken Bob out, and its event was lost."""
    visitor, witness = await house.room(bob, room, dialect), await house.room(alice, room)

    def take_out():
        with transaction.atomic():
            Membership.objects.filter(room=room, user=bob).update(left_at=timezone.now())
            Room.objects.filter(pk=room.pk).update(epoch=room.epoch + 1)

    await aside(take_out)
    before = await aside(stored)
    more = {"cid": str(uuid.uuid4())} if dialect == V2 else {}

    await visitor.say(type="add", message="am I still in?", **more)
    frames, code = await visitor.end()

    assert [frame["code"] for frame in frames] == ["not_member"]
    assert code == 4403
    assert await aside(stored) == before
    assert await witness.silent()
