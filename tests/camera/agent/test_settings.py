import pytest

from camera import camera_pb2 as pb
from camera.agent.capabilities import common
from camera.agent.settings import decide, initial

ABLE = common("test")


def test_initial_settings_are_those_of_the_capabilities():
    settings = initial(ABLE)

    assert settings == pb.CameraSettings(
        brightness=0, bitrate_bps=1_500_000, contrast=1, width=640, height=480, fps=30, saturation=1, sharpness=0,
        keyframe_interval_ms=2000, rotation=0, flip_horizontal=False, flip_vertical=False, codec=pb.CODEC_H264,
        overlay_clock=False,
    )  # fmt: skip


def test_decision_lays_a_patch_over_what_is():
    present = initial(ABLE)
    present.contrast = 2

    decision = decide(pb.CameraSettings(brightness=-20, revision=7, camera_name="Lab"), present, ABLE)

    assert {descriptor.name for descriptor, _ in decision.settings.ListFields()} == {
        descriptor.name for descriptor, _ in present.ListFields()
    }
    assert (decision.settings.brightness, decision.settings.contrast) == (-20, 2)
    assert decision.fields == {"brightness": pb.FieldResult(outcome=pb.OUTCOME_APPLIED)}
    assert present.brightness == 0


@pytest.mark.parametrize(
    ("name", "asked", "done", "reason"),
    [
        ("brightness", 101, 100, "This camera takes -100 to 100."),
        ("contrast", -1, 0, "This camera takes 0 to 4 ×."),
        ("bitrate_bps", 50, 100_000, "This camera takes 100000 to 8000000 bit/s."),
        ("bitrate_bps", 4_000_000_000, 8_000_000, "This camera takes 100000 to 8000000 bit/s."),
        ("fps", 0, 1, "This camera takes 1 to 60 fps."),
        ("rotation", 100, 90, "This camera takes 0 to 270 °."),
        ("keyframe_interval_ms", 1, 250, "This camera takes 250 to 10000 ms."),
    ],
)
def test_decision_clamps_and_says_so(name, asked, done, reason):
    decision = decide(pb.CameraSettings(**{name: asked}), initial(ABLE), ABLE)

    assert getattr(decision.settings, name) == done
    assert decision.fields == {name: pb.FieldResult(outcome=pb.OUTCOME_CLAMPED, reason=reason)}


@pytest.mark.parametrize(
    ("desired", "reason"),
    [
        (pb.CameraSettings(exposure_us=100), "This camera cannot change it."),
        (pb.CameraSettings(codec=pb.CODEC_JPEG), "This camera cannot change it."),
        (pb.CameraSettings(contrast=float("nan")), "This is not a number."),
        (pb.CameraSettings(saturation=float("inf")), "This is not a number."),
    ],
)
def test_decision_rejects_and_leaves_what_is(desired, reason):
    decision = decide(desired, initial(ABLE), ABLE)

    assert decision.settings == initial(ABLE)
    assert list(decision.fields.values()) == [pb.FieldResult(outcome=pb.OUTCOME_REJECTED, reason=reason)]


@pytest.mark.parametrize(
    ("asked", "done"),
    [((640, 480), (640, 480)), ((1000, 700), (640, 480)), ((99, 99), (320, 240)), ((4000, 3000), (1920, 1080))],
)
def test_decision_takes_the_nearest_mode(asked, done):
    decision = decide(pb.CameraSettings(width=asked[0], height=asked[1]), initial(ABLE), ABLE)

    outcome = pb.OUTCOME_APPLIED if asked == done else pb.OUTCOME_CLAMPED
    assert (decision.settings.width, decision.settings.height) == done
    assert {name: result.outcome for name, result in decision.fields.items()} == {"width": outcome, "height": outcome}


def test_decision_slows_down_for_a_mode_that_is_slower():
    decision = decide(pb.CameraSettings(width=1920, height=1080, fps=60), initial(ABLE), ABLE)

    assert decision.settings.fps == 30
    assert decision.fields["fps"].reason == "At 1920x1080 this camera makes at most 30 fps."
