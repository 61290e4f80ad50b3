import base64
import re
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from camera import camera_pb2 as pb
from tests.camera.compatibility import breaks

ROOT = Path(__file__).resolve().parents[2]
PRESENT = descriptor_pb2.FileDescriptorProto.FromString(pb.DESCRIPTOR.serialized_pb)
(RELEASED,) = descriptor_pb2.FileDescriptorSet.FromString((ROOT / "camera" / "released.binpb").read_bytes()).file


def test_schema_keeps_what_has_been_released():
    assert breaks(RELEASED, PRESENT) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("brightness.number = 40", "CameraSettings.brightness (1) is gone, and not reserved"),
        ("brightness.type = 5 if brightness.type != 5 else 17", "CameraSettings.brightness (1) is another one"),
        ("brightness.name = 'light'", "CameraSettings.brightness (1) is another one"),
        ("brightness.proto3_optional = False", "CameraSettings.brightness (1) is another one"),
        ("settings.field.remove(brightness)", "CameraSettings.brightness (1) is gone, and not reserved"),
        ("schema.message_type.remove(settings)", "CameraSettings is gone"),
        ("codec.value[1].number = 3", "Codec.CODEC_H264 (1) is another one"),
        ("codec.value[1].name = 'CODEC_H265'", "Codec.CODEC_H264 (1) is another one"),
        ("schema.enum_type.remove(codec)", "Codec is gone"),
    ],
)
def test_schema_that_breaks_a_client_is_found_out(change, complaint):
    schema = _copy(PRESENT)
    settings, codec = schema.message_type[0], schema.enum_type[0]

    exec(change, {"schema": schema, "settings": settings, "brightness": settings.field[0], "codec": codec})

    assert complaint in breaks(RELEASED, schema)


def test_schema_may_grow_and_may_reserve_what_it_drops():
    schema = _copy(PRESENT)
    settings = schema.message_type[0]
    settings.field.add(name="zoom", number=18, type=2, label=1)
    settings.field.remove(settings.field[0])
    settings.reserved_range.add(start=1, end=2)

    assert breaks(RELEASED, schema) == []


def test_number_that_was_reserved_is_not_used_again():
    released, schema = _copy(RELEASED), _copy(PRESENT)
    released.message_type[0].reserved_range.add(start=50, end=52)
    schema.message_type[0].field.add(name="zoom", number=51, type=2, label=1)

    assert breaks(released, schema) == ["CameraSettings: 51 was reserved"]


def test_browser_has_the_same_schema():
    module = (ROOT / "static" / "js" / "lib" / "camera_pb.js").read_text()
    (encoded,) = re.findall(r'fileDesc\("([^"]+)"', module)

    schema = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(encoded + "=" * (-len(encoded) % 4)))

    # protoc-gen-es leaves out what it can work out itself
    assert (schema.message_type, schema.enum_type) == (PRESENT.message_type, PRESENT.enum_type)


def test_member_of_a_later_release_is_passed_over_and_handed_on():
    later = _copy(PRESENT)
    later.message_type[0].field.add(name="zoom", number=18, type=2, label=1)
    message = _class(later, "camera.v1.CameraSettings")(brightness=-7, zoom=2.5).SerializeToString()

    known = pb.CameraSettings.FromString(message)

    assert known.brightness == -7
    assert known.SerializeToString() == message


def test_body_of_a_later_release_is_none_to_us():
    later = _copy(PRESENT)
    envelope = next(message for message in later.message_type if message.name == "Envelope")
    envelope.field.add(name="pan", number=40, type=13, label=1, oneof_index=0)
    message = _class(later, "camera.v1.Envelope")(id=3, pan=9).SerializeToString()

    known = pb.Envelope.FromString(message)

    assert known.id == 3
    assert known.WhichOneof("body") is None


@pytest.mark.parametrize("brightness", [-100, 0, 42])
def test_client_of_the_seed_reads_brightness_and_name(brightness):
    settings = pb.CameraSettings(
        brightness=brightness, camera_name="Labor Süd", bitrate_bps=1_500_000, contrast=1.5, width=640, height=480,
        codec=pb.CODEC_H264, camera_id="00000000-0000-0000-0000-000000000000", revision=9, updated_at=1,
    )  # fmt: skip

    seen = _class(_seed(), "CameraSettings").FromString(settings.SerializeToString())

    assert (seen.brightness, seen.cameraName) == (brightness, "Labor Süd")


def test_settings_of_the_seed_read_as_ours():
    sent = _class(_seed(), "CameraSettings")(brightness=-5, cameraName="Lab").SerializeToString()

    assert pb.CameraSettings.FromString(sent) == pb.CameraSettings(brightness=-5, camera_name="Lab")


def _seed():
    """`message CameraSettings { int32 brightness = 1; string cameraName = 2; }`, as live_feed had it."""
    schema = descriptor_pb2.FileDescriptorProto(name="live_feed.proto", syntax="proto3")
    message = schema.message_type.add(name="CameraSettings")
    message.field.add(name="brightness", number=1, type=5, label=1)
    message.field.add(name="cameraName", number=2, type=9, label=1)
    return schema


def _class(schema, name):
    pool = descriptor_pool.DescriptorPool()
    pool.Add(schema) if hasattr(pool, "Add") else pool.AddSerializedFile(schema.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def _copy(schema):
    copy = descriptor_pb2.FileDescriptorProto()
    copy.CopyFrom(schema)
    return copy
