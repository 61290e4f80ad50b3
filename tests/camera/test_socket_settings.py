"""Settings by a socket: who may set what, who hears of it, and what the camera made of it."""

from camera import camera_pb2 as pb
from camera.models import Camera
from camera.services import settings
from tests.camera.sockets import chunk
from tests.chat.sockets import aside


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
