"""Viewers: who they are, what they see, and how much of it."""

from camera import camera_pb2 as pb
from camera.services import pictures
from tests.camera.sockets import chunk
from tests.chat.sockets import eventually


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

    assert [(await late.hear_next("video_chunk")).video_chunk.seq for _ in range(2)] == [0, 1]


async def test_viewer_who_joins_later_has_a_keyframe_asked_for(sockets, camera, token, bob, carol):
    agent = await sockets.bring(token)
    await sockets.watch(bob)
    await agent.hear_next("keyframe_request")
    for seq in range(40):
        await agent.say(chunk(seq, keyframe=seq == 0))
    await agent.heeded()

    late = await sockets.watch(carol)
    await agent.hear_next("keyframe_request")
    await agent.say(chunk(40))
    await agent.say(chunk(41, keyframe=True))

    assert (await late.hear_next("video_chunk")).video_chunk.seq == 41


async def test_keyframes_are_not_asked_for_without_end(sockets, camera, token, bob, monkeypatch):
    monkeypatch.setattr("camera.stream.TICK", 3600)  # at every tick one more is asked for whoever waits for it
    monkeypatch.setattr("camera.consumers.viewer.KEYFRAME", 3600)
    agent = await sockets.bring(token)
    viewer = await sockets.watch(bob)
    for _ in range(50):
        await viewer.say(keyframe_request=pb.KeyframeRequest())
    await viewer.heeded()

    asked = 0
    while not await agent.silent("keyframe_request", seconds=0.6):
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
    await agent.heeded()
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
