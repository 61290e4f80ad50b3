"""Ten thousand frames that nobody meant, in either dialect: no traceback, no unknown answer, the log holds."""

import asyncio
import json
import logging
import uuid
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chat.models import Message, Room
from chat.services import chain, messages
from digi.asgi import application
from digi.environment import Rate
from digi.realtime.hub import hub
from tests.chat.sockets import Closed, House, aside
from tests.chat.writing import id_of

FRAMES, EACH = 10_000, 29  # thirty bad ones would close the socket
CODES = {
    "bad_frame", "unknown_type", "empty", "too_long", "wrong_user", "unknown_message", "not_yours", "message_deleted",
    "stale_revision", "cid_conflict",
}  # fmt: skip
V2_TYPES = {"ok", "add", "edit", "delete", "passed", "synced", "read", "delivered", "typing", "heartbeat", "error"}

CIDS = [str(uuid.UUID(int=number)) for number in range(40)]
NUMBERS = st.one_of(
    st.integers(-3, 60),
    st.sampled_from([2**31, 2**53, 2**53 + 1, 2**63, 2**64, 10**400, -(10**400), 1e308, 0.5, -0.0]),
)
TEXTS = st.one_of(
    st.sampled_from(["hi", "", " ", "\x00", "\ud800", "🫠", "x" * 8000, "x" * 8001, "‮", "null", "{}", "alice", "bob"]),
    st.text(max_size=20),
)
# Alice's messages, Bob's, some to come, one of another room, and what never was an id.
IDS = st.integers(0, 30).map(lambda number: f"<{number}>") | TEXTS
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FIELDS = {
    "cid": st.sampled_from(CIDS) | TEXTS,
    "message": TEXTS,
    "message_id": IDS,
    "reply_to": st.none() | IDS,
    "base_rev": st.none() | NUMBERS,
    "since": NUMBERS,
    "seq": NUMBERS,
    "n": NUMBERS,
    "user": TEXTS,
    "room": st.sampled_from(CIDS),
}
SHAPES = [
    ("add", ["cid", "message", "reply_to"]),
    ("add", ["cid", "message"]),
    ("add", ["message"]),
    ("add", ["message", "user"]),
    ("edit", ["cid", "message_id", "message"]),
    ("edit", ["cid", "message_id", "message", "base_rev"]),
    ("edit", ["message_id", "message"]),
    ("delete", ["cid", "message_id"]),
    ("delete", ["message_id"]),
    ("resume", ["since"]),
    ("read", ["seq"]),
    ("delivered", ["seq"]),
    ("ack", ["n"]),
    ("typing", []),
]


@st.composite
def shaped(draw) -> str:
    """A frame of a known shape; in half of them something is missing, added or of another kind."""
    kind, names = draw(st.sampled_from(SHAPES))
    frame = {"type": kind} | {name: draw(FIELDS[name]) for name in names}
    match draw(st.integers(0, 7)):
        case 0:
            frame.pop(draw(st.sampled_from(sorted(frame))))
        case 1:
            frame[draw(st.sampled_from([*FIELDS, "type"]))] = draw(ANYTHING)
        case 2:
            frame[draw(TEXTS)] = draw(ANYTHING)
        case 3:
            frame["type"] = draw(st.sampled_from(["chat.message", "websocket.close", "welcome", "ok", "Add", "add "]))
    return json.dumps(frame, ensure_ascii=draw(st.booleans()))


BROKEN = st.sampled_from(
    [
        "[" * 100_000, "{" * 5_000, '{"type":' * 3_000, "[" * 900 + "]" * 900, '{"a":' * 400 + "1" + "}" * 400,
        "9" * 5_000, "-", "1e999", "NaN", "Infinity", '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', "\ufeff{}", "nul",
        '{"type":"add","type":"delete","message_id":"<1>"}', '{"type":"add","message":"a","message":"b"}',
        '{"type":"add","cid":"' + CIDS[0] + '","message":"\\ud83e"}', '{"type":"add","message":"\ud800"}',
        '{"type":"add","message":' + "9" * 400 + "}", '{"type":"resume","since":1e3}', '{"type":"resume","since":-0}',
        "\x00", "\x00" * 1000, "{}" * 1000, "/*", "{'type':'add'}", '{"type":"add","message":"x"', "\r\n\r\n", " ",
        '{"type":"' + "x" * 100_000 + '"}', '{"' + "k" * 100_000 + '":1}', "x" * 131_073, "🫠" * 40_000,
    ]
)  # fmt: skip
NOISE = st.one_of(ANYTHING.map(json.dumps), BROKEN, st.text(min_size=1, max_size=50), st.binary(max_size=20))
FRAME = st.one_of(shaped(), shaped(), shaped(), NOISE)


def _certain(dialect: str | None) -> list[str]:
    """A frame for each error that chance might not bring."""
    frames = [
        {"type": "add", "message": ""},
        {"type": "add", "message": "x" * 8001},
        {"type": "edit", "message_id": "<2>", "message": "Bob's"},
        {"type": "edit", "message_id": "nobody's", "message": "?"},
        {"type": "unheard of"},
        {"type": "add"},
    ]
    return [json.dumps(frame | ({"cid": str(uuid.uuid4())} if dialect else {})) for frame in frames]


@pytest.fixture
def runner():
    with asyncio.Runner() as made:
        yield made


def test_ten_thousand_frames_get_answers_and_break_nothing(
    transactional_db, settings_of_house, runner, room, other_room, alice, bob, cookies, caplog
):
    for number in range(4):
        messages.post(room=room, by=(alice, bob)[number % 2], text=f"text {number}")
    messages.post(room=other_room, by=alice, text="elsewhere")
    ids = {f"<{number}>": id_of(room, number) for number in range(30)} | {"<30>": id_of(other_room, 1)}
    house, seen = House(application, cookies), Counter()
    caplog.set_level(logging.WARNING)

    async def throw(frames: list, dialect: str | None) -> None:
        visitor = await house.room(alice, room, dialect)
        for frame in frames:
            seen["frames"] += 1
            if isinstance(frame, bytes):
                await visitor.link.send_input({"type": "websocket.receive", "bytes": frame})
            else:
                for name, message_id in ids.items():
                    frame = frame.replace(name, message_id)
                await visitor.link.send_input({"type": "websocket.receive", "text": frame})
        sentinel = uuid.uuid4().hex
        more = {"cid": str(uuid.uuid4())} if dialect else {}
        await visitor.say(type="add", message=sentinel, **more)
        try:
            while not heard_out(await visitor.hear(), sentinel, more.get("cid"), dialect, seen):
                pass
        except Closed as closed:
            seen[closed.code] += 1
        await visitor.go()
        house.visitors.clear()

    @settings(
        max_examples=-(-FRAMES // EACH),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(frames=st.lists(FRAME, min_size=EACH, max_size=EACH))
    def storm(frames: list) -> None:
        for dialect in ("digi.v2", None):
            runner.run(throw(frames, dialect))

    for dialect in ("digi.v2", None):
        runner.run(throw(_certain(dialect), dialect))
    storm()
    runner.run(closing())

    assert seen["frames"] >= 2 * FRAMES
    assert set(seen) - {"frames", "ok", 4413} <= CODES
    assert {"ok", "bad_frame", "unknown_type", "empty", "too_long", "not_yours", "unknown_message"} <= set(seen)
    assert [record.getMessage() for record in caplog.records] == []
    assert chain.verify(room) is None
    assert Room.objects.get(pk=other_room.pk).head == 1
    assert set(Message.objects.values_list("room", flat=True)) == {room.pk, other_room.pk}


async def closing() -> None:
    await hub().close()


def heard_out(frame: dict, sentinel: str, cid: str | None, dialect: str | None, seen: Counter) -> bool:
    """Count an answer, and say whether it is the last one."""
    kind = frame.get("type")
    if kind == "error":
        assert frame["message"]
        seen[frame["code"]] += 1
    elif dialect:
        assert kind in V2_TYPES, frame
        seen["ok"] += kind == "ok"
    else:
        assert kind in (None, "edit", "delete"), frame
    return (kind == "ok" and frame["cid"] == cid) if dialect else frame.get("message") == sentinel


@pytest.fixture
def settings_of_house(settings):
    """No limits on rates: only what a frame says decides."""
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(10_000_000, 1))


async def test_lists_get_answers_for_whatever_is_thrown_at_them(house, alice):
    """The list's socket knows a single frame; everything else is named."""
    visitor = await house.list(alice)

    for frame in ("{", "[]", '{"type":"delivered"}', '{"type":"add"}', "\x00", "[" * 50_000, '{"type":7}', "🫠"):
        await visitor.send(frame)
        assert (await visitor.hear())["code"] in {"bad_frame", "unknown_type"}

    assert not await aside(Message.objects.exists)
