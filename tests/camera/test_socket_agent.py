"""Agents: one publishes at a time, and nothing that one sends does harm."""

from datetime import timedelta

import pytest
from django.utils import timezone

from camera import camera_pb2 as pb
from camera.consumers.agent import AgentConsumer
from camera.models import AgentToken, Camera
from camera.services import settings, tokens
from digi.environment import Rate
from digi.realtime.hub import hub
from tests.camera.sockets import CLOCK, chunk
from tests.chat.sockets import aside, eventually


async def present() -> Camera:
    return await aside(Camera.objects.get)


async def is_offline() -> bool:
    return not (await present()).is_online


async def test_agent_is_given_its_orders_and_brings_the_camera_online(sockets, camera, token, bob):
    await aside(settings.change, camera=camera, by=bob, patch={"contrast": 2})
    viewer = await sockets.watch(bob)

    agent = await sockets.bring(token)

    able = (await viewer.hear_next("capabilities")).capabilities
    status = (await viewer.hear_next("status")).status
    stored = await present()
    assert (agent.hello.role, agent.hello.max_bytes) == ("agent", 2 * 2**20)
    assert (agent.order.desired.contrast, agent.order.desired.revision) == (2, 2)
    assert agent.order.desired.HasField("focus")
    assert (status.online, stored.is_online, stored.run) == (True, True, 1)
    assert (able.model, able.ranges["focus"].max) == ("clock", 100)
    assert (await aside(AgentToken.objects.get)).last_used_at is not None


async def test_order_holds_only_what_the_camera_can_be_asked(sockets, camera, token):
    plain = pb.CameraCapabilities()
    plain.CopyFrom(CLOCK)
    del plain.ranges["contrast"]

    agent = await sockets.bring(token, able=plain)

    assert not agent.order.desired.HasField("contrast")
    assert not agent.order.desired.HasField("saturation")
    assert (await present()).desired["contrast"] == 1  # kept, for when another lens comes


async def test_agent_that_goes_takes_the_camera_offline(sockets, camera, token, bob):
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)

    await agent.go()

    while (status := (await viewer.hear_next("status")).status).online:
        pass
    assert status.reason == "gone"
    assert (await present()).is_online is False


async def test_newer_agent_takes_over_and_the_older_is_told(sockets, camera, token, bob):
    older, viewer = await sockets.bring(token), await sockets.watch(bob)
    await older.say(chunk(5, epoch=9, keyframe=True))
    await viewer.hear_next("video_chunk")

    newer = await sockets.bring(token)
    rest, code = await older.end()
    await newer.say(chunk(0, keyframe=True))

    last = pb.Envelope.FromString(rest[-1])
    assert (last.error.code, code) == ("taken_over", 4409)
    assert (await viewer.hear_next("video_chunk")).video_chunk.stream_epoch == 1
    await older.go()
    assert (await present()).is_online


async def test_revoked_token_ends_its_agent_at_once(sockets, camera, token, alice):
    agent = await sockets.bring(token)

    await aside(tokens.rotate, camera=camera, by=alice)

    assert (await agent.end())[1] == 4403
    assert not await sockets.bearer(token).is_let_in()


@pytest.mark.parametrize("shown", ["dgc_", "dgc_made-up", "dgc_" + "A" * 5000, "dgc_\u00e9", "dgr_made-up"])
async def test_forged_token_is_refused_at_the_door(sockets, camera, shown):
    visitor = sockets.knock(headers=[(b"authorization", b"Bearer " + shown.encode("latin-1"))])

    assert not await visitor.is_let_in()


async def test_agent_without_the_subprotocol_is_shown_out(sockets, camera, token):
    visitor = await sockets.bearer(token, subprotocol=None).come()

    assert await visitor.end() == ([], 4403)


async def refusals(agent, *words: pb.Envelope) -> list[str]:
    found = []
    for word in words:
        await agent.say(word)
        found.append((await agent.hear_next("error")).error.code)
    return found


async def test_everything_has_its_turn(sockets, camera, token):
    agent = await sockets.bearer(token).come()
    await agent.read_settings()
    capable = pb.Envelope(capabilities=CLOCK)

    early = await refusals(agent, chunk(0, keyframe=True), capable, pb.Envelope(settings_ack=pb.SettingsAck()))
    await agent.say(hello=pb.Hello())
    await agent.hear_next("hello")
    unable = await refusals(agent, chunk(0, keyframe=True), pb.Envelope(hello=pb.Hello()))
    await agent.say(capable)
    await agent.hear_next("demand")
    wrong = await refusals(
        agent,
        pb.Envelope(set_settings=pb.SetSettings()),
        pb.Envelope(flow_ack=pb.FlowAck()),
        pb.Envelope(settings_ack=pb.SettingsAck(revision=2**64 - 1)),
        pb.Envelope(settings_ack=pb.SettingsAck(revision=1, first_frame_seq=2**63)),
    )

    assert (early, unable, wrong) == (["out_of_order"] * 3, ["out_of_order"] * 2, ["out_of_order"] * 4)


async def test_pictures_of_the_past_and_of_unknown_kinds_are_refused(sockets, camera, token, bob):
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)
    for word in (chunk(0, epoch=2, keyframe=True), chunk(1, epoch=2)):
        await agent.say(word)

    codes = await refusals(
        agent,
        chunk(5, epoch=1, keyframe=True),
        chunk(1, epoch=2),
        chunk(2, epoch=2, codec=0),
        chunk(2, epoch=2, codec=7),
    )

    await agent.say(chunk(2, epoch=2))
    assert codes == ["stale_epoch", "out_of_order", "unknown_codec", "unknown_codec"]
    seen = [(await viewer.hear_next("video_chunk")).video_chunk for _ in range(3)]
    assert [(one.stream_epoch, one.seq) for one in seen] == [(2, 0), (2, 1), (2, 2)]


async def test_picture_of_a_kind_that_was_not_announced_is_refused(sockets, camera, token):
    jpegs = pb.CameraCapabilities()
    jpegs.CopyFrom(CLOCK)
    del jpegs.codecs[:]
    jpegs.codecs.append(pb.CODEC_JPEG)
    agent = await sockets.bring(token, able=jpegs)

    assert await refusals(agent, chunk(0, keyframe=True)) == ["unknown_codec"]


async def test_picture_beside_an_id_is_taken_too(sockets, camera, token, bob):
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)
    word = chunk(0, keyframe=True)
    word.id = 5

    await agent.say(word)

    assert await viewer.hear_next("video_chunk") == chunk(0, keyframe=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda able: able.codecs.append(9), "unknown_codec"),
        (lambda able: able.codecs.append(1), "unknown_codec"),
        (lambda able: able.ClearField("codecs"), "unknown_codec"),
        (lambda able: able.ClearField("modes"), "invalid"),
        (lambda able: able.modes.add(width=641, height=480, max_fps=30), "invalid"),
        (lambda able: able.modes.add(width=64_000, height=480, max_fps=30), "invalid"),
        (lambda able: able.modes.extend([CLOCK.modes[0]] * 100), "invalid"),
        (lambda able: setattr(able.ranges["contrast"], "max", float("inf")), "invalid"),
        (lambda able: setattr(able.ranges["contrast"], "default", float("nan")), "invalid"),
        (lambda able: setattr(able.ranges["brightness"], "min", -101), "invalid"),
        (lambda able: setattr(able.ranges["brightness"], "default", 200), "invalid"),
    ],
)
async def test_capabilities_that_no_camera_has_are_refused(sockets, camera, token, change, code):
    agent = await sockets.bearer(token).come()
    await agent.read_settings()
    await agent.say(hello=pb.Hello())
    able = pb.CameraCapabilities()
    able.CopyFrom(CLOCK)
    change(able)

    codes = await refusals(agent, pb.Envelope(capabilities=able))

    assert codes == [code]
    assert (await present()).run == 0


async def test_what_a_later_release_says_is_passed_over(sockets, camera, token):
    agent = await sockets.bring(token)

    await agent.send(b"\xfa\x07\x03abc")  # field 127
    await agent.say(heartbeat=pb.Heartbeat(now_us=5), id=3)

    answer = await agent.hear_next("error", "heartbeat")
    assert (answer.reply_to, answer.WhichOneof("body")) == (3, "heartbeat")


async def test_too_large_pictures_are_the_end(sockets, camera, token):
    agent = await sockets.bring(token)

    await agent.say(chunk(0, keyframe=True, size=2 * 2**20 + 1))

    assert (await agent.end())[1] == 4413


async def test_more_bytes_than_a_camera_makes_are_the_end(sockets, settings, camera, token):
    settings.DIGI_LIMITS = {**settings.DIGI_LIMITS, "camera_bytes": Rate(500_000, 3600)}
    agent = await sockets.bring(token)

    for seq in range(8):
        await agent.say(chunk(seq, keyframe=True, size=100_000))

    assert (await agent.end())[1] == 4429


async def test_nonsense_is_answered_until_it_is_too_much(sockets, camera, token):
    agent = await sockets.bring(token)
    for _ in range(30):
        await agent.send(b"\xff\xff\xff")

    rest, code = await agent.end()

    assert {pb.Envelope.FromString(one).error.code for one in rest} == {"bad_frame"}
    assert (len(rest), code) == (29, 4400)


async def test_agent_that_is_taken_over_where_nobody_could_tell_finds_out(sockets, camera, token):
    agent = await sockets.bring(token)
    await aside(Camera.objects.filter(pk=camera.pk).update, run=7)  # as another process does while Redis is away

    (socket,) = (one for one in hub().open if isinstance(one, AgentConsumer))
    socket.stay()

    assert (await agent.end())[1] == 4409


async def test_camera_whose_agent_was_late_with_a_sign_is_back(sockets, camera, token, bob, monkeypatch):
    monkeypatch.setattr("camera.stream.UPKEEP", 10**9)  # no sign of life but this test's own
    viewer, agent = await sockets.watch(bob), await sockets.bring(token)
    await aside(Camera.objects.update, seen_at=timezone.now() - timedelta(minutes=1))
    (socket,) = (one for one in hub().open if isinstance(one, AgentConsumer))
    socket.stream.read()
    while (await viewer.hear_next("status")).status.reason != "lost":
        pass

    socket.stay()

    assert (await viewer.hear_next("status")).status.online
    assert await agent.silent("error", seconds=0.2)


async def test_silent_agent_is_given_up(sockets, camera, token, monkeypatch):
    agent = await sockets.bring(token)
    monkeypatch.setattr("camera.consumers.agent.SILENCE", 0)

    (socket,) = (one for one in hub().open if isinstance(one, AgentConsumer))
    socket.inspect()

    assert (await agent.end())[1] == 4408
    await agent.go()
    await eventually(is_offline)


async def test_stats_go_to_viewers_with_the_number_of_people(sockets, camera, token, bob, carol):
    agent = await sockets.bring(token)
    viewer, _ = await sockets.watch(bob), await sockets.watch(carol)

    await agent.say(stats=pb.Stats(fps=29.5, bitrate_bps=1_400_000, viewers=99))

    stats = (await viewer.hear_next("stats")).stats
    assert (stats.fps, stats.bitrate_bps, stats.viewers) == (29.5, 1_400_000, 2)
