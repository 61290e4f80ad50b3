"""The seed's own client, and everybody else who only reads settings."""

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from camera import camera_pb2 as pb
from camera.services import cameras, settings
from tests.camera.sockets import chunk
from tests.chat.sockets import Closed, aside


@pytest.fixture(scope="session")
def seed_settings():
    """What a client knows that was written for live_feed: `{int32 brightness = 1; string cameraName = 2;}`."""
    file = descriptor_pb2.FileDescriptorProto(name="seed.proto", package="seed", syntax="proto3")
    message = file.message_type.add(name="CameraSettings")
    kinds = {"brightness": message.field.add().TYPE_INT32, "cameraName": message.field.add().TYPE_STRING}
    del message.field[:]
    for number, (name, kind) in enumerate(kinds.items(), 1):
        message.field.add(name=name, number=number, type=kind, label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("seed.CameraSettings"))


@pytest.fixture
def near(settings):
    settings.DIGI_CAMERA_PUBLIC = "loopback"


async def test_seed_client_reads_the_settings_first_and_at_every_change(sockets, camera, near, bob, seed_settings):
    client = await sockets.knock(subprotocol=None, client="127.0.0.1").come()
    first = seed_settings.FromString(await client.data())

    later = []
    for brightness in (7, -100, 0):  # one after another: what changes faster than it is read comes as its last state
        await aside(settings.change, camera=camera, by=bob, patch={"brightness": brightness})
        later.append(seed_settings.FromString(await client.data()))

    assert (first.brightness, first.cameraName, client.subprotocol) == (0, "Demo camera", None)
    assert [one.brightness for one in later] == [7, -100, 0]
    assert {one.cameraName for one in later} == {"Demo camera"}


async def test_seed_client_hears_nothing_but_settings(sockets, camera, near, token, bob):
    client = await sockets.knock(subprotocol=None, client="127.0.0.1").come()
    await client.read_settings()
    agent = await sockets.bring(token)
    await agent.say(chunk(0, keyframe=True))
    await agent.say(settings_ack=pb.SettingsAck(revision=1))
    await agent.heeded()

    settled = await client.read_settings()  # the agent's capabilities brought a setting more
    assert settled.HasField("focus")
    assert await client.silent()


async def test_unknown_subprotocol_gets_settings_alone(sockets, camera, carol, token):
    client = await (await sockets.at_door(carol, subprotocol="camera.v9")).come()
    await client.read_settings()
    await client.say(hello=pb.Hello(codecs=[pb.CODEC_H264]))
    agent = await sockets.bring(token)
    await agent.say(chunk(0, keyframe=True))
    await agent.heeded()

    assert client.subprotocol is None
    assert (await client.read_settings()).camera_name == "Demo camera"
    assert await client.silent()


async def test_what_a_reader_sends_changes_nothing_and_too_much_of_it_is_the_end(sockets, settings, camera, near):
    settings.DIGI_LIMITS = {**settings.DIGI_LIMITS, "camera_frames": settings.DIGI_LIMITS["anonymous"]}
    client = await sockets.knock(client="127.0.0.1").come()
    await client.read_settings()
    order = pb.Envelope(set_settings=pb.SetSettings(settings=pb.CameraSettings(brightness=99)))

    for _ in range(200):
        await client.say(order)

    assert client.subprotocol is None
    assert await client.end() == ([], 4429)
    assert (await aside(type(camera).objects.get)).desired["brightness"] == 0


async def test_reader_of_text_and_of_too_large_frames_is_shown_out(sockets, camera, near):
    loud, long = [await sockets.knock(subprotocol=None, client="127.0.0.1").come() for _ in range(2)]
    for _ in range(30):
        await loud.link.send_to(text_data="hello?")
    await long.send(b"x" * 131_073)

    assert [(await one.end())[1] for one in (loud, long)] == [4400, 4413]


@pytest.mark.parametrize(
    ("reach", "client", "more", "welcome"),
    [
        ("loopback", "127.0.0.1", [], True),
        ("loopback", "::1", [], True),
        ("loopback", "::ffff:127.0.0.1", [], True),
        ("loopback", "192.168.1.7", [], False),
        ("loopback", "", [], False),
        ("loopback", "127.0.0.1", [(b"x-forwarded-for", b"127.0.0.1")], False),
        ("loopback", "127.0.0.1", [(b"origin", b"http://testserver")], False),
        ("loopback", "127.0.0.1", [(b"origin", b"http://evil.example")], False),
        ("loopback", "127.0.0.1", [(b"cookie", b"sessionid=made-up")], False),
        ("loopback", "127.0.0.1", [(b"authorization", b"Bearer digi_made-up")], False),
        ("lan", "127.0.0.1", [], True),
        ("lan", "192.168.1.7", [], True),
        ("lan", "8.8.8.8", [], False),
        ("off", "127.0.0.1", [], False),
    ],
)
async def test_who_may_read_without_a_session(sockets, settings, camera, reach, client, more, welcome):
    settings.DIGI_CAMERA_PUBLIC = reach
    visitor = sockets.knock(subprotocol=None, client=client, headers=more)

    assert await visitor.is_let_in() is welcome


async def test_address_behind_a_counted_proxy_is_the_clients(sockets, settings, camera):
    settings.DIGI_CAMERA_PUBLIC, settings.DIGI_TRUSTED_PROXIES = "loopback", 1
    answers = []

    for said in (b"127.0.0.1", b"8.8.8.8", b"127.0.0.1, 8.8.8.8"):
        visitor = sockets.knock(subprotocol=None, client="127.0.0.1", headers=[(b"x-forwarded-for", said)])
        answers.append(await visitor.is_let_in())

    assert answers == [True, False, False]


async def test_only_the_default_camera_is_public(sockets, camera, near):
    await aside(cameras.create, by=None, slug="lab", name="Lab")
    default = sockets.knock("/ws/camera/default/", subprotocol=None, client="127.0.0.1")
    other = sockets.knock("/ws/camera/lab/", subprotocol=None, client="127.0.0.1")

    answers = [await one.is_let_in() for one in (default, other)]

    assert answers == [True, False]


async def test_reader_of_a_camera_that_is_not_there_is_shown_out(sockets, near, db):
    client = await sockets.knock(subprotocol=None, client="127.0.0.1").come()

    with pytest.raises(Closed) as shown_out:
        await client.data()

    assert shown_out.value.code == 4403
