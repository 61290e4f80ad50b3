"""Who may come to a camera's socket, and who must go."""

import pytest

from camera import camera_pb2 as pb
from camera.models import Grant, Recording
from camera.services import cameras, grants, taking, tickets, tokens
from digi.accounts.services import tokens as people_tokens
from tests.camera.sockets import chunk
from tests.chat.sockets import aside


async def test_viewer_is_never_told_a_token_or_an_order(sockets, camera, token, bob, carol):
    viewer = await sockets.watch(carol)
    agent = await sockets.bring(token)
    operator = await sockets.watch(bob)
    await operator.say(set_settings={"settings": {"contrast": 3}})
    await agent.hear_next("settings_changed")
    await agent.say(settings_ack=pb.SettingsAck(revision=2, applied=pb.CameraSettings(contrast=3)))

    seen = await viewer.hear_until("settings_ack")
    kinds = {one.WhichOneof("body") for one in seen}
    assert not kinds & {"demand", "keyframe_request", "set_settings"}
    assert all(token.encode() not in one.SerializeToString() for one in seen)


async def test_withdrawn_grant_closes_the_sockets_of_that_person_at_once(sockets, camera, alice, bob, carol):
    leaving, staying = await sockets.watch(bob), await sockets.watch(carol)
    reader = await (await sockets.at_door(bob, subprotocol=None)).come()
    await reader.read_settings()
    grant = await aside(Grant.objects.select_related("camera", "user").get, user=bob)

    await aside(grants.withdraw, grant=grant, by=alice)

    assert [(await one.end())[1] for one in (leaving, reader)] == [4403, 4403]
    again = await (await sockets.at_door(bob)).come()
    assert await again.end() == ([], 4403)
    assert await staying.silent("error", seconds=0.2)


async def test_role_that_changes_is_told(sockets, camera, alice, carol):
    viewer = await sockets.watch(carol)

    await aside(grants.give, camera=camera, by=alice, user=carol, role="operator")

    assert (await viewer.hear_next("hello")).hello.role == "operator"


async def test_camera_that_is_no_longer_everybodys_loses_its_viewers(sockets, camera, alice, carol, erin):
    await aside(cameras.rename, camera=camera, by=alice, visibility="everyone")
    stranger, viewer = await sockets.watch(erin), await sockets.watch(carol)

    await aside(cameras.rename, camera=camera, by=alice, visibility="granted")

    assert (await stranger.end())[1] == 4403
    assert await viewer.silent("error", seconds=0.2)


async def test_retired_camera_shows_everybody_out(sockets, camera, token, alice, bob):
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)

    await aside(cameras.retire, camera=camera, by=alice)

    assert [(await one.end())[1] for one in (agent, viewer)] == [4403, 4403]


@pytest.mark.parametrize("path", ["/ws/camera/", "/ws/camera/default/", "/ws/camera/nowhere/"])
async def test_outsider_is_shown_out_without_a_word(sockets, camera, erin, path):
    visitor = await (await sockets.at_door(erin, path)).come()

    assert await visitor.end() == ([], 4403)


@pytest.mark.parametrize("headers", [[], [(b"origin", b"http://testserver")], [(b"cookie", b"sessionid=made-up")]])
async def test_stranger_is_refused_at_the_door(sockets, camera, settings, headers):
    settings.DIGI_CAMERA_PUBLIC = "off"

    assert not await sockets.knock(headers=headers).is_let_in()


async def test_token_of_a_person_watches_by_its_scope(sockets, camera, bob):
    reading = (await aside(people_tokens.create, user=bob, name="r", scopes=["cameras:read"]))[1]
    other = (await aside(people_tokens.create, user=bob, name="o", scopes=["rooms:read"]))[1]
    viewer = await sockets.bearer(reading).come()
    await viewer.read_settings()
    await viewer.say(hello=pb.Hello())
    await viewer.hear_next("status")
    await viewer.say(set_settings={"settings": {"contrast": 2}})

    assert (await viewer.hear_next("error")).error.code == "forbidden"
    assert await (await sockets.bearer(other).come()).end() == ([], 4403)


async def test_recorder_watches_by_its_ticket_and_is_nobody(sockets, camera, token, bob):
    other = await aside(cameras.create, by=None, slug="lab", name="Lab")
    shown, foreign = await aside(tickets.issue, camera=camera), await aside(tickets.issue, camera=other)
    agent = await sockets.bring(token)
    recorder = await sockets.bearer(shown).come()
    await recorder.read_settings()
    await recorder.say(hello=pb.Hello(codecs=[pb.CODEC_H264]))
    status = (await recorder.hear_next("status")).status
    await agent.say(chunk(0, keyframe=True))
    await recorder.hear_next("video_chunk")
    await recorder.say(set_settings={"settings": {"contrast": 2}})

    assert (status.viewers, (await recorder.hear_next("error")).error.code) == (0, "forbidden")
    assert await (await sockets.bearer(foreign).come()).end() == ([], 4403)
    assert not await sockets.bearer(shown[:-3]).is_let_in()


async def test_viewers_are_told_when_a_recording_begins_to_be_written(sockets, camera, bob, carol, settings, tmp_path):
    settings.DIGI_FILES = tmp_path
    await aside(Recording.objects.create, camera=camera, started_by=bob, limit_seconds=60, limit_bytes=10**9)
    (recording,) = await aside(taking.claim, most=1)
    viewer = await sockets.watch(carol)

    await aside(taking.begin_part, recording=recording, width=640, height=480)

    status = (await viewer.hear_next("status")).status
    assert (viewer.status.recording, status.recording) == (False, True)


async def test_agents_token_of_another_camera_is_shown_out(sockets, camera):
    other = await aside(cameras.create, by=None, slug="lab", name="Lab")
    _, secret = await aside(tokens.issue, camera=other, by=None)

    visitor = await sockets.bearer(secret).come()

    assert await visitor.end() == ([], 4403)
