"""The same frame again, from wherever: answered as the first time and stored once."""

import asyncio
import json
import threading
import uuid

from django.db import connections

from chat.models import Message
from chat.services import chain
from tests.chat.sockets import aside
from tests.chat.writing import id_of
from tests.locks import impatient, locked_rooms


async def test_resend_is_answered_as_the_first_time_and_told_once(house, room, alice, bob):
    visitor, reader = await house.room(alice, room), await house.room(bob, room)
    cid = str(uuid.uuid4())

    first = await visitor.add("hi", cid=cid)
    again = await visitor.add("hi", cid=cid)
    await visitor.say(type="add", cid=cid, message="something else")
    conflict = (await visitor.hear_until("error"))[-1]
    await visitor.add("next")

    assert again == first | {"duplicate": True}
    assert (conflict["cid"], conflict["code"]) == (cid, "cid_conflict")
    assert [(await reader.hear())["message"] for _ in range(2)] == ["hi", "next"]
    assert await reader.silent()


async def test_resend_from_another_device_after_edit_and_delete_is_a_duplicate(house, room, alice):
    one, other = await house.room(alice, room), await house.room(alice, room)
    cids = [str(uuid.uuid4()) for _ in range(3)]
    message_id = id_of(room, 1)
    asked = [
        {"type": "add", "cid": cids[0], "message": "hi"},
        {"type": "edit", "cid": cids[1], "message_id": message_id, "message": "hi!", "base_rev": 1},
        {"type": "delete", "cid": cids[2], "message_id": message_id},
    ]

    first, again = [], []
    for visitor, answers in ((one, first), (other, again)):
        for frame in asked:
            await visitor.say(**frame)
            answers.append((await visitor.hear_until("ok"))[-1])

    assert [answer["n"] for answer in first] == [1, 2, 3]
    assert again == [answer | {"duplicate": True} for answer in first]
    assert await aside(chain.verify, room) is None


async def test_two_people_send_the_same_cid(house, room, alice, bob):
    one, other = await house.room(alice, room), await house.room(bob, room)
    cid = str(uuid.uuid4())

    answers = await asyncio.gather(one.add("from alice", cid=cid), other.add("from bob", cid=cid))

    assert {answer["duplicate"] for answer in answers} == {False}
    assert {answer["n"] for answer in answers} == {1, 2}


async def test_the_same_cid_on_ten_sockets_at_once_is_stored_once(house, room, alice):
    visitors = [await house.room(alice, room) for _ in range(10)]
    cid = str(uuid.uuid4())

    answers = await asyncio.gather(*(visitor.add("hi", cid=cid) for visitor in visitors))

    assert sorted(answer["duplicate"] for answer in answers) == [False] + [True] * 9
    assert len({answer["message_id"] for answer in answers}) == 1
    assert await aside(Message.objects.count) == 1


async def test_database_that_cannot_store_is_unavailable_and_the_resend_is_stored(house, room, alice, bob, monkeypatch):
    visitor, reader = await house.room(alice, room), await house.room(bob, room)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with locked_rooms():
                held.set()
                release.wait(60)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    await asyncio.to_thread(held.wait)
    cid = str(uuid.uuid4())

    with monkeypatch.context() as patch:
        impatient(patch, 0.01)
        await visitor.say(type="add", cid=cid, message="hi")
        error = await visitor.hear()
    release.set()
    await asyncio.to_thread(thread.join)
    answer = await visitor.add("hi", cid=cid)

    assert (error["cid"], error["code"]) == (cid, "unavailable")
    assert "locked" not in json.dumps(error)
    assert (answer["n"], answer["duplicate"]) == (1, False)
    assert (await reader.hear())["message"] == "hi"
    assert await reader.silent()
