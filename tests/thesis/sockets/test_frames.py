"""What clients of a thesis's socket may send, and hundreds of frames that nobody meant."""

import asyncio
import json
import logging
from collections import Counter

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from digi.environment import Rate
from digi.realtime.hub import hub
from tests.chat.sockets import Closed, aside
from tests.thesis.live import Workspaces, hear, path

FRAMES, EACH = 400, 25  # thirty bad ones would close the socket
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NUMBERS = st.integers(-3, 60) | st.sampled_from([2**31, 2**53, 2**53 + 1, 2**63, 10**400, 0.5, 1e308])
HELLO = st.fixed_dictionaries(
    {"type": st.sampled_from(["hello", "Hello", "welcome", "thesis.happened", "sockets.close"])},
    optional={
        "v": NUMBERS | st.just(1),
        "since": NUMBERS | ANYTHING,
        "stream": st.sampled_from(["members", "staff", "examiners"]) | ANYTHING,
        "thesis": st.uuids().map(str),
    },
)
BROKEN = st.sampled_from(
    [
        "[" * 100_000,
        '{"type":' * 3_000,
        "9" * 5_000,
        '"\\ud800"',
        "\x00",
        "NaN",
        '{"type":"hello","v":1',
        " ",
        "{}" * 50,
    ]
)
FRAME = st.one_of(HELLO.map(json.dumps), ANYTHING.map(json.dumps), BROKEN, st.text(min_size=1, max_size=40))


@pytest.fixture
async def live(transactional_db, settings, thesis, alice, session_cookie):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(100_000, 1))
    opened = Workspaces({alice.pk: await aside(session_cookie, alice)})
    yield opened
    await opened.close()
    await hub().close()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "mute", "v": 1}, "unknown_type"),
        ({"type": "hello"}, "bad_frame"),
        ({"type": "hello", "v": "1"}, "bad_frame"),
        ({"type": "hello", "v": 1, "since": -1}, "bad_frame"),
        ({"type": "hello", "v": 1, "since": 2**53 + 1}, "bad_frame"),
        ({"type": "hello", "v": 1, "circle": "staff"}, "bad_frame"),
        ({"type": "hello", "v": 2}, "unknown_version"),
    ],
)
async def test_bad_frames_are_refused_by_name(live, thesis, alice, frame, code):
    visitor = await live.knock(alice, path(thesis), None).come()

    await visitor.say(**frame)

    error = await visitor.hear()
    assert (error["type"], error["code"]) == ("error", code)
    assert error.get("versions") == ([1] if code == "unknown_version" else None)


async def test_thirty_bad_frames_close_the_socket(live, thesis, alice):
    visitor = await live.come(alice, thesis)

    for _ in range(30):
        await visitor.send("no")

    heard, code = await visitor.end()
    assert (len(heard), code) == (29, 4400)


async def test_asking_for_the_staffs_numbers_shows_a_student_nothing(live, thesis, alice):
    visitor = await live.come(alice, thesis, since=0, stream="examiners")

    assert (visitor.welcome["stream"], visitor.welcome["refetch"], visitor.backlog) == ("members", True, [])


async def test_frames_that_nobody_meant_are_answered_or_refused(live, thesis, alice, caplog):
    frames: list[str] = []

    @hypothesis.settings(
        max_examples=FRAMES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(FRAME)
    def gather(frame: str) -> None:
        frames.append(frame)

    await asyncio.to_thread(gather)
    heard: Counter = Counter()

    with caplog.at_level(logging.ERROR):
        for start in range(0, len(frames), EACH):
            visitor = await live.knock(alice, path(thesis), None).come()
            for frame in frames[start : start + EACH]:
                await visitor.send(frame)
            await visitor.say(type="hello", v=1)
            try:
                while (answer := await hear(visitor))["type"] != "synced":
                    heard[answer["type"], answer.get("code")] += 1
            except Closed as closed:
                heard["closed", closed.code] += 1
            await visitor.go()

    assert {kind for kind, _ in heard} <= {"welcome", "error", "heartbeat"} | {"member.joined"}
    assert {code for kind, code in heard if kind == "error"} <= {"bad_frame", "unknown_type", "unknown_version"}
    assert heard["error", "bad_frame"] > FRAMES / 4
    assert not caplog.records
