"""What a socket may send and how fast; what it costs to go on regardless."""

import json
import uuid

import pytest

from chat.models import Message
from chat.services import journal
from digi.environment import Rate
from digi.realtime.hub import hub
from digi.realtime.sockets import MAX_BYTES
from tests.chat.sockets import PATIENCE, aside
from tests.chat.writing import add

DIALECTS = pytest.mark.parametrize("dialect", ["digi.v2", None], ids=["v2", "seed"])


def limited(settings, **rates: Rate) -> None:
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | rates


def frame(dialect, message="hi") -> dict:
    return {"type": "add", "message": message} | ({"cid": str(uuid.uuid4())} if dialect else {})


async def written(room, user) -> None:
    """Wait until everything that sockets have handed to the journal is stored, by a message behind it."""
    await hub().writer(journal.write).ask(add(room, user, "the end"))


# Bad frames


@DIALECTS
async def test_thirty_bad_frames_in_a_minute_close_the_socket(house, room, alice, dialect):
    visitor = await house.room(alice, room, dialect)

    for _ in range(40):
        await visitor.send("{")
    frames, code = await visitor.end()

    assert [frame["code"] for frame in frames] == ["bad_frame"] * 29
    assert code == 4400


async def test_errors_of_any_kind_are_strikes(house, room, alice):
    visitor = await house.room(alice, room)

    for number in range(30):
        await visitor.send('{"type":"shout"}' if number % 2 else "[]")
    frames, code = await visitor.end()

    assert {frame["code"] for frame in frames} == {"bad_frame", "unknown_type"}
    assert code == 4400


async def test_twenty_nine_are_forgiven(house, room, alice):
    visitor = await house.room(alice, room)

    for _ in range(29):
        await visitor.send("{")
        assert (await visitor.hear())["code"] == "bad_frame"

    assert (await visitor.add("sorry"))["n"] == 1


async def test_nothing_is_heard_from_a_socket_that_was_closed(house, room, alice):
    visitor = await house.room(alice, room)

    for _ in range(30):
        await visitor.send("{")
    await visitor.say(**frame("digi.v2"))
    _, code = await visitor.end()

    assert code == 4400
    await written(room, alice)
    assert await aside(Message.objects.count) == 0 + 1


# Rates


@DIALECTS
async def test_too_fast_is_said_with_a_time_to_wait(house, settings, room, alice, dialect):
    limited(settings, messages=Rate(5, 300))
    visitor = await house.room(alice, room, dialect)

    asked = [frame(dialect, str(number)) for number in range(7)]
    for one in asked:
        await visitor.say(**one)
    errors = [await visitor.hear_until("error") for _ in range(2)]

    for one, heard in zip(asked[5:], errors, strict=True):
        error = heard[-1]
        assert error["code"] == "rate_limited"
        if dialect:
            assert error["cid"] == one["cid"]
            assert list(error) == ["type", "cid", "code", "message", "retry_after"]
            assert 0 < error["retry_after"] <= 60
        else:
            assert list(error) == ["type", "code", "message"]
    await written(room, alice)
    assert await aside(Message.objects.count) == 5 + 1


async def test_the_limit_on_messages_holds_over_all_sockets_of_a_person(house, settings, room, alice, bob):
    limited(settings, messages=Rate(3, 3600))
    one, other, someone = [await house.room(who, room) for who in (alice, alice, bob)]

    for visitor in (one, other, one):
        await visitor.add()
    await other.say(**frame("digi.v2"))
    assert (await other.hear_until("error"))[-1]["code"] == "rate_limited"

    assert (await someone.add("not my fault"))["n"] == 4


async def test_frames_that_store_nothing_are_limited_too(house, settings, room, alice, bob):
    limited(settings, frames=Rate(10, 3600))
    visitor, witness = await house.room(alice, room), await house.room(bob, room)

    for _ in range(12):
        await visitor.say(type="typing")

    assert [(await visitor.hear())["code"] for _ in range(2)] == ["rate_limited"] * 2
    assert [(await witness.hear())["type"] for _ in range(10)] == ["typing"] * 10
    assert await witness.silent(0.1)


async def test_the_limit_on_frames_is_each_sockets_own(house, settings, room, alice):
    limited(settings, frames=Rate(3, 3600))

    for _ in range(2):
        visitor = await house.room(alice, room)
        for _ in range(3):
            await visitor.say(type="ack", n=0)
        assert await visitor.silent(0.05)


async def test_the_limit_on_an_address_holds_over_people(house, settings, room, alice, bob):
    limited(settings, address=Rate(4, 3600))
    one, other = await house.room(alice, room), await house.room(bob, room)

    for _ in range(2):
        await one.say(type="ack", n=0)
        await other.say(type="ack", n=0)
    await other.say(type="ack", n=0)

    assert (await other.hear())["code"] == "rate_limited"
    assert await one.silent(0.05)


@DIALECTS
async def test_too_fast_for_too_long_closes_the_socket(house, settings, room, alice, dialect):
    limited(settings, messages=Rate(1, 3600))
    visitor = await house.room(alice, room, dialect)

    for _ in range(40):
        await visitor.say(**frame(dialect))
    frames, code = await visitor.end()

    assert [one["code"] for one in frames if one.get("type") == "error"] == ["rate_limited"] * 30
    assert code == 4429
    await written(room, alice)
    assert await aside(Message.objects.count) == 1 + 1


async def test_too_many_connects_from_an_address_are_refused_at_the_door(house, settings, room, alice, bob):
    limited(settings, connects=Rate(2, 3600))
    await house.room(alice, room)
    await house.room(bob, room)

    accepted, code = await house.at_door(alice, room).link.connect(timeout=PATIENCE)

    assert not accepted
    assert code in (None, 1000)


async def test_bench_lifts_the_limits(house, settings, room, alice):
    limited(settings, messages=Rate(1, 60), frames=Rate(1, 60), address=Rate(1, 60))
    settings.DIGI_BENCH, settings.DIGI_LIMIT_SOCKETS = True, 1
    visitors = [await house.room(alice, room) for _ in range(3)]

    for _ in range(5):
        assert (await visitors[0].add())["type"] == "ok"


# Size


def padded(dialect, size: int, letter: str = "x") -> str:
    """A frame of so many bytes."""
    text = json.dumps(frame(dialect, ""), ensure_ascii=False)
    room = size - len(text.encode())
    return text.replace('"message": ""', f'"message": "{letter * (room // len(letter.encode()))}"')


@DIALECTS
@pytest.mark.parametrize("letter", ["x", "🫠"])
async def test_frame_over_128_kib_closes_the_socket(house, room, alice, dialect, letter):
    visitor = await house.room(alice, room, dialect)

    await visitor.send(padded(dialect, MAX_BYTES - 4, letter))
    assert (await visitor.hear())["code"] == "too_long"
    await visitor.send(padded(dialect, MAX_BYTES + 4, letter))

    assert await visitor.end() == ([], 4413)


# Sockets of one person


async def test_too_many_sockets_of_a_person_are_turned_away(house, settings, room, alice, bob):
    settings.DIGI_LIMIT_SOCKETS = 3
    visitors = [await house.room(alice, room), await house.room(alice, room, None), await house.list(alice)]

    for dialect in ("digi.v2", None):
        late = await house.at_door(alice, room, dialect).come()
        assert await late.end() == ([], 4409)
    late = await house.knock(alice, "/ws/chat/").come()
    assert await late.end() == ([], 4409)

    await house.room(bob, room)
    await visitors[0].go()
    assert (await (await house.room(alice, room)).add("there is room again"))["n"] == 1
