"""What the agent can do with any source's pictures; a source adds what its hardware brings."""

from camera.camera_pb2 import (
    CODEC_H264,
    CODEC_JPEG,
    EFFECT_KEYFRAME,
    EFFECT_LIVE,
    EFFECT_RESTART,
    CameraCapabilities,
    Effect,
    Mode,
    Range,
)

MODES = ((640, 480, 60), (320, 240, 60), (640, 360, 60), (1280, 720, 60), (1920, 1080, 30))


def common(model: str) -> CameraCapabilities:
    """Ranges, units and effects of everything that is done after the picture is taken."""
    return CameraCapabilities(
        model=model,
        codecs=[CODEC_H264, CODEC_JPEG],
        modes=[Mode(width=width, height=height, max_fps=fps) for width, height, fps in MODES],
        mode_effect=EFFECT_RESTART,
        switches=dict.fromkeys(("flip_horizontal", "flip_vertical", "overlay_clock"), EFFECT_LIVE),
        ranges={
            "brightness": span(-100, 100, 1, 0),
            "contrast": span(0, 4, 0.05, 1, "×"),
            "saturation": span(0, 3, 0.05, 1, "×"),
            "sharpness": span(-1, 1, 0.05, 0),
            "bitrate_bps": span(100_000, 8_000_000, 50_000, 1_500_000, "bit/s"),
            "fps": span(1, 60, 1, 30, "fps", EFFECT_KEYFRAME),
            "keyframe_interval_ms": span(250, 10_000, 250, 2_000, "ms"),
            "rotation": span(0, 270, 90, 0, "°", EFFECT_RESTART),
        },
    )


def span(low: float, high: float, step: float, usual: float, unit: str = "", effect: Effect = EFFECT_LIVE) -> Range:
    """A range, its bounds included."""
    return Range(min=low, max=high, step=step, default=usual, unit=unit, effect=effect)
