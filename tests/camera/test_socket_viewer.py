"""Viewers: who they are, what they see, and what they may set."""

import asyncio

import pytest

from camera import camera_pb2 as pb
from camera.models import Camera, Grant
from camera.services import cameras, grants, pictures, settings, tickets, tokens
from digi.accounts.services import tokens as people_tokens
from tests.camera.sockets import chunk
from tests.chat.sockets import aside, eventually


async def test_viewer_is_told_who_they_are_and_how_things_stand(sockets, camera, bob):
    viewer = await sockets.watch(bob)

    assert viewer.subprotocol == "camera.v1"
    assert viewer.settings.camera_name == "Demo camera"
    assert (viewer.hello.role, viewer.hello.online, viewer.hello.reason) == ("operator", False, "never")
    assert (viewer.capabilities.modes[0].width, viewer.capabilities.modes[0].height) == (640, 480)
    assert viewer.changed.desired == viewer.settings
    assert not viewer.changed.HasField("applied")
    assert (viewer.status.online, viewer.status.viewers) == (False, 1)


async def test_pictures_come_as_the_agent_sent_them(sockets, camera, token, bob, carol):
    agent = await sockets.bring(token)
    viewers = [await sockets.watch(one) for one in (bob, carol)]
    sent = [chunk(seq, keyframe=seq == 0) for seq in range(3)]

    for one in sent:
        await agent.say(one)

    for viewer in viewers:
        assert [await viewer.hear_next("video_chunk") for _ in sent] == sent


async def test_viewer_who_joins_is_shown_a_picture_at_once(sockets, camera, token, bob, carol):
    agent = await sockets.bring(token)
    await sockets.watch(bob)
    await agent.hear_next("keyframe_request")
    await agent.say(chunk(0, keyframe=True))
    await agent.say(chunk(1))

    late = await sockets.watch(carol)

    assert [(await late.hear_next("video_chunk", timeout=0.3)).video_chunk.seq for _ in range(2)] == [0, 1]


async def test_viewer_who_joins_later_has_a_keyframe_asked_for(sockets, camera, token, bob, carol):
    agent = await sockets.bring(token)
    await sockets.watch(bob)
    await agent.hear_next("keyframe_request")
    for seq in range(40):
        await agent.say(chunk(seq, keyframe=seq == 0))

    late = await sockets.watch(carol)
    await agent.hear_next("keyframe_request")
    await agent.say(chunk(40))
    await agent.say(chunk(41, keyframe=True))

    assert (await late.hear_next("video_chunk")).video_chunk.seq == 41


async def test_keyframes_are_not_asked_for_without_end(sockets, camera, token, bob):
    agent = await sockets.bring(token)
    viewer = await sockets.watch(bob)
    for _ in range(50):
        await viewer.say(keyframe_request=pb.KeyframeRequest())
    await asyncio.sleep(0.6)

    asked = 0
    while not await agent.silent("keyframe_request", seconds=0.1):
        asked += 1
    assert 1 <= asked <= 2


async def test_nobody_is_shown_pictures_of_a_camera_that_is_gone(sockets, camera, token, bob, carol):
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)
    await agent.say(chunk(0, keyframe=True))
    await viewer.hear_next("video_chunk")
    await agent.go()
    while (await viewer.hear_next("status")).status.online:
        pass

    late = await sockets.watch(carol)

    assert late.status.online is False
    assert await late.silent("video_chunk")


async def test_jpeg_viewer_gets_jpeg_and_the_agent_is_asked_for_more_of_them(sockets, camera, token, bob):
    agent = await sockets.bring(token)
    viewer = await sockets.watch(bob, codecs=[pb.CODEC_JPEG])
    demand = (await agent.hear_next("demand")).demand
    await agent.say(chunk(0, keyframe=True))
    await agent.say(chunk(0, codec=pb.CODEC_JPEG, keyframe=True))

    assert (agent.demand.h264, agent.demand.jpeg_fps) == (False, 0.5)
    assert (demand.h264, demand.jpeg_fps) == (False, 10)
    assert (await viewer.hear_next("video_chunk")).video_chunk.codec == pb.CODEC_JPEG


async def test_viewer_may_choose_other_pictures_by_another_hello(sockets, camera, token, bob):
    agent = await sockets.bring(token)
    viewer = await sockets.watch(bob)
    await viewer.say(hello=pb.Hello(codecs=[pb.CODEC_JPEG]))
    await viewer.hear_next("hello")
    await agent.say(chunk(0, keyframe=True))
    await agent.say(chunk(0, codec=pb.CODEC_JPEG, keyframe=True))

    assert (await viewer.hear_next("video_chunk")).video_chunk.codec == pb.CODEC_JPEG


async def test_last_jpeg_is_kept_for_thumbnails(sockets, camera, token):
    agent = await sockets.bring(token)
    picture = chunk(0, codec=pb.CODEC_JPEG, keyframe=True)

    await agent.say(picture)

    assert await eventually(lambda: pictures.last(camera.pk)) == picture.video_chunk.data


async def test_operator_sets_and_everybody_hears_of_it(sockets, camera, token, bob, carol):
    agent, other = await sockets.bring(token), await sockets.watch(carol)
    viewer = await sockets.watch(bob)

    await viewer.say(id=7, set_settings={"settings": {"contrast": 1.25}, "if_revision": 1})

    answer = await viewer.hear_next("settings_changed")
    heard = (await other.hear_next("settings_changed")).settings_changed
    order = (await agent.hear_next("settings_changed")).settings_changed
    assert answer.reply_to == 7
    assert (heard.desired.contrast, heard.desired.revision, heard.by) == (1.25, 2, "Bob")
    assert (order.desired, order.by) == (heard.desired, "")


async def test_later_of_two_is_told_what_differs(sockets, camera, alice, bob):
    viewer = await sockets.watch(bob)
    await aside(settings.change, camera=camera, by=alice, patch={"contrast": 2}, if_revision=1, origin="form")

    await viewer.say(id=8, set_settings={"settings": {"brightness": 5}, "if_revision": 1})

    answer = await viewer.hear_next("error")
    assert (answer.reply_to, answer.error.code) == (8, "conflict")
    assert dict(answer.error.fields) == {"contrast": "2"}
    assert (answer.error.current.contrast, answer.error.current.revision) == (2, 2)


async def test_wrong_value_is_told_by_name(sockets, camera, bob):
    viewer = await sockets.watch(bob)

    await viewer.say(id=8, set_settings={"settings": {"brightness": 500, "camera_name": "Demo camera"}})

    error = (await viewer.hear_next("error")).error
    assert (error.code, list(error.fields)) == ("invalid", ["brightness"])


async def test_viewer_may_not_set_nor_speak_as_an_agent(sockets, camera, carol):
    viewer = await sockets.watch(carol)
    codes = []

    for word in (
        pb.Envelope(set_settings=pb.SetSettings(settings=pb.CameraSettings(brightness=5))),
        pb.Envelope(capabilities=pb.CameraCapabilities()),
        pb.Envelope(settings_ack=pb.SettingsAck(revision=1)),
        chunk(0, keyframe=True),
        pb.Envelope(demand=pb.Demand(h264=True)),
    ):
        await viewer.say(word)
        codes.append((await viewer.hear_next("error")).error.code)

    assert codes == ["wrong_role", *["out_of_order"] * 4]
    assert (await aside(Camera.objects.get)).revision == 1


async def test_viewer_is_never_told_a_token_or_an_order(sockets, camera, token, bob, carol):
    viewer = await sockets.watch(carol)
    agent = await sockets.bring(token)
    operator = await sockets.watch(bob)
    await operator.say(set_settings={"settings": {"contrast": 3}})
    await agent.hear_next("settings_changed")
    await agent.say(settings_ack=pb.SettingsAck(revision=2, applied=pb.CameraSettings(contrast=3)))
    await viewer.hear_next("settings_ack")

    seen = []
    while not await viewer.silent(seconds=0.2):
        seen.append(await viewer.hear(timeout=0.2)) if not viewer.link.output_queue.empty() else None
    kinds = {one.WhichOneof("body") for one in seen}
    assert not kinds & {"demand", "keyframe_request", "set_settings"}
    assert all(token.encode() not in one.SerializeToString() for one in seen)


async def test_acknowledgement_is_told_apart_from_what_was_asked(sockets, camera, token, bob):
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)
    await viewer.say(set_settings={"settings": {"width": 1280, "height": 720}})
    await agent.hear_next("settings_changed")
    ack = pb.SettingsAck(
        revision=2, applied=pb.CameraSettings(width=640, height=480), first_frame_seq=9, stream_epoch=3
    )
    ack.fields["width"].CopyFrom(pb.FieldResult(outcome=pb.OUTCOME_CLAMPED, reason="The lens ends there."))

    await agent.say(settings_ack=ack)

    told = (await viewer.hear_next("settings_ack")).settings_ack
    assert (told.revision, told.applied.width, told.first_frame_seq, told.stream_epoch) == (2, 640, 9, 3)
    assert told.fields["width"] == ack.fields["width"]
    stored = await aside(Camera.objects.get)
    assert (stored.desired["width"], stored.applied["width"]) == (1280, 640)


async def test_settings_that_are_not_acknowledged_time_out(sockets, camera, token, bob, monkeypatch):
    monkeypatch.setattr("camera.stream.ANSWER", 0.2)
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)
    await viewer.say(set_settings={"settings": {"contrast": 2}})
    await agent.hear_next("settings_changed")

    kinds = []
    while (word := await viewer.hear()).WhichOneof("body") != "error":
        kinds.append(word.WhichOneof("body"))

    assert word.error.code == "ack_timeout"
    assert "settings_ack" not in kinds


async def test_withdrawn_grant_closes_the_sockets_of_that_person_at_once(sockets, camera, alice, bob, carol):
    leaving, staying = await sockets.watch(bob), await sockets.watch(carol)
    reader = await (await sockets.at_door(bob, subprotocol=None)).come()
    await reader.read_settings()
    grant = await aside(Grant.objects.select_related("camera", "user").get, user=bob)

    await aside(grants.withdraw, grant=grant, by=alice)

    assert [(await one.end(1))[1] for one in (leaving, reader)] == [4403, 4403]
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

    assert (await stranger.end(1))[1] == 4403
    assert await viewer.silent("error", seconds=0.2)


async def test_retired_camera_shows_everybody_out(sockets, camera, token, alice, bob):
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)

    await aside(cameras.retire, camera=camera, by=alice)

    assert [(await one.end(1))[1] for one in (agent, viewer)] == [4403, 4403]


@pytest.mark.parametrize("path", ["/ws/camera/", "/ws/camera/default/", "/ws/camera/nowhere/"])
async def test_outsider_is_shown_out_without_a_word(sockets, camera, erin, path):
    visitor = await (await sockets.at_door(erin, path)).come()

    assert await visitor.end() == ([], 4403)


@pytest.mark.parametrize("headers", [[], [(b"origin", b"http://testserver")], [(b"cookie", b"sessionid=made-up")]])
async def test_stranger_is_refused_at_the_door(sockets, camera, settings, headers):
    settings.DIGI_CAMERA_PUBLIC = "off"
    visitor = sockets.knock(headers=headers)

    accepted, _ = await visitor.link.connect(timeout=5)

    assert not accepted


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
    forged = sockets.bearer(shown[:-3])
    assert (await forged.link.connect(timeout=5))[0] is False


async def test_people_who_watch_are_counted_once_each(sockets, camera, bob, carol):
    viewer = await sockets.watch(bob)
    await sockets.watch(bob)
    third = await sockets.watch(carol)
    count = third.status.viewers
    await third.go()

    seen = []
    while not seen or seen[-1] != 1:
        seen.append((await viewer.hear_next("status")).status.viewers)
    assert count == 2
    assert seen == [2, 1]


async def test_slow_viewer_gets_four_pictures_and_then_a_word_of_what_it_missed(sockets, camera, token, bob):
    agent, viewer = await sockets.bring(token), await sockets.watch(bob)
    for seq in range(60):
        await agent.say(chunk(seq, keyframe=seq in (0, 50)))
    first = [(await viewer.hear_next("video_chunk")).video_chunk.seq for _ in range(4)]
    held = await viewer.silent("video_chunk", seconds=0.3)
    await viewer.say(flow_ack=pb.FlowAck(received=4))

    word = (await viewer.hear_next("dropped")).dropped
    after = (await viewer.hear_next("video_chunk")).video_chunk.seq
    assert (first, held, after) == ([0, 1, 2, 3], True, 50)
    assert word.dropped_before == word.dropped_total == 46


async def test_hello_comes_first_and_acknowledges_no_more_than_was_sent(sockets, camera, bob):
    viewer = await (await sockets.at_door(bob)).come()
    await viewer.read_settings()
    await viewer.say(flow_ack=pb.FlowAck(received=0))
    early = (await viewer.hear_next("error")).error.code
    await viewer.say(hello=pb.Hello(codecs=[0]))
    unknown = (await viewer.hear_next("error")).error.code
    await viewer.say(hello=pb.Hello())
    await viewer.say(flow_ack=pb.FlowAck(received=1))
    too_much = (await viewer.hear_next("error")).error.code

    assert (early, unknown, too_much) == ("out_of_order", "unknown_codec", "out_of_order")


async def test_agents_token_of_another_camera_is_shown_out(sockets, camera):
    other = await aside(cameras.create, by=None, slug="lab", name="Lab")
    _, secret = await aside(tokens.issue, camera=other, by=None)

    visitor = await sockets.bearer(secret).come()

    assert await visitor.end() == ([], 4403)
