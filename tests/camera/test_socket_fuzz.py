"""Whatever comes over a socket of a camera, the server answers or closes, and never stumbles."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camera import camera_pb2 as pb
from digi.environment import Rate
from tests.camera.sockets import CLOCK, chunk
from tests.chat.sockets import PATIENCE, Closed

NUMBERS = st.sampled_from([0, 1, 2, 30, 2**31 - 1, 2**32 - 1])
WIDE = st.sampled_from([0, 1, 5, 2**53, 2**63, 2**64 - 1])
FLOATS = st.floats(width=32)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SETTINGS = st.builds(
    pb.CameraSettings,
    brightness=st.integers(-(2**31), 2**31 - 1),
    contrast=FLOATS,
    bitrate_bps=NUMBERS,
    width=NUMBERS,
    height=NUMBERS,
    codec=st.sampled_from([0, 1, 2, 9]),
    camera_name=TEXT,
    revision=WIDE,
    focus=NUMBERS,
    overlay_clock=st.booleans(),
)
NAMES = st.sampled_from(["brightness", "contrast", "fps", "width", "nonsense", ""])
DOUBLES = st.floats()
RANGES = st.builds(pb.Range, min=DOUBLES, max=DOUBLES, step=DOUBLES, default=DOUBLES, unit=TEXT)
ABLE = st.builds(
    pb.CameraCapabilities,
    ranges=st.dictionaries(NAMES, RANGES, max_size=3),
    modes=st.lists(st.builds(pb.Mode, width=NUMBERS, height=NUMBERS, max_fps=NUMBERS), max_size=2),
    codecs=st.lists(st.sampled_from([0, 1, 2, 9]), max_size=3),
    model=TEXT,
    switches=st.dictionaries(NAMES, st.sampled_from([0, 1, 3, 9]), max_size=2),
    mode_effect=st.sampled_from([0, 3, 9]),
)
RESULTS = st.builds(pb.FieldResult, outcome=st.sampled_from([0, 1, 4, 9]), reason=TEXT)
BODIES = {
    "hello": st.builds(pb.Hello, role=TEXT, codecs=st.lists(st.sampled_from([0, 1, 2, 9]), max_size=3)),
    "capabilities": ABLE | st.just(CLOCK),
    "set_settings": st.builds(pb.SetSettings, settings=SETTINGS, if_revision=WIDE),
    "settings_changed": st.builds(pb.SettingsChanged, desired=SETTINGS),
    "settings_ack": st.builds(
        pb.SettingsAck,
        revision=WIDE,
        applied=SETTINGS,
        fields=st.dictionaries(NAMES, RESULTS, max_size=3),
        first_frame_seq=WIDE,
        stream_epoch=NUMBERS,
    ),
    "keyframe_request": st.just(pb.KeyframeRequest()),
    "flow_ack": st.builds(pb.FlowAck, received=WIDE, rtt_ms=NUMBERS, paused=st.booleans()),
    "stats": st.builds(pb.Stats, fps=FLOATS, bitrate_bps=NUMBERS, frames=WIDE),
    "heartbeat": st.builds(pb.Heartbeat, now_us=st.integers(-(2**63), 2**63 - 1)),
    "error": st.builds(pb.Error, code=TEXT),
    "demand": st.builds(pb.Demand, jpeg_fps=FLOATS),
    "status": st.builds(pb.Status, reason=TEXT),
}
ENVELOPES = st.one_of(
    *(
        st.builds(pb.Envelope, id=WIDE, reply_to=WIDE, **{name: body}).map(pb.Envelope.SerializeToString)
        for name, body in BODIES.items()
    )
)
PICTURES = st.builds(
    lambda seq, epoch, keyframe, codec: chunk(seq, epoch=epoch, keyframe=keyframe, codec=codec).SerializeToString(),
    WIDE,
    NUMBERS,
    st.booleans(),
    st.sampled_from([0, 1, 2, 9]),
)
TORN = st.builds(lambda whole, at: whole[: at % (len(whole) + 1)], ENVELOPES | PICTURES, st.integers(0, 200))
FRAMES = st.lists(ENVELOPES | PICTURES | TORN | st.binary(max_size=60), min_size=1, max_size=12)


@pytest.fixture
def unlimited(settings):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(10**9, 1))
    settings.DIGI_LIMIT_SOCKETS = 10_000


async def ending(client) -> int | None:
    """The code that the socket was closed with; None where it answers a heartbeat."""
    try:
        async with asyncio.timeout(PATIENCE):
            while (await client.hear()).reply_to != 77:
                pass
    except Closed as closed:
        return closed.code
    return None


@pytest.fixture
def fuzzed(sockets, camera, token, bob, unlimited):
    """Send frames as an agent and as an operator; both must still be answered, or have been closed properly."""

    async def send(frames: list[bytes]) -> None:
        agent = await sockets.bearer(token).come()
        viewer = await (await sockets.at_door(bob)).come()
        for client in (agent, viewer):
            await client.data()
            await client.say(hello=pb.Hello())
        await agent.say(capabilities=CLOCK)
        await agent.hear_next("demand")
        for frame in frames:
            for client in (agent, viewer):
                await client.send(frame)
        for client in (agent, viewer):
            await client.say(id=77, heartbeat=pb.Heartbeat(now_us=1))
            assert await ending(client) in (None, *range(4400, 4430))
            await client.go()
            assert client.link.future.exception() is None

    return send


async def test_no_frame_makes_a_socket_stumble(fuzzed, caplog):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(FRAMES)
    def draw(frames):
        drawn.append(frames)

    drawn: list[list[bytes]] = []
    await asyncio.to_thread(draw)
    for frames in drawn:
        await fuzzed(frames)

    assert [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []
