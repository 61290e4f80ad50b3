"""From what is desired to what is done: clamped to what the camera can, with a word for everything that differs."""

import math
from dataclasses import dataclass, field

from camera.camera_pb2 import (
    CODEC_H264,
    OUTCOME_APPLIED,
    OUTCOME_CLAMPED,
    OUTCOME_REJECTED,
    CameraCapabilities,
    CameraSettings,
    FieldResult,
    Mode,
    Range,
)

_OF_THE_SERVER = frozenset({"camera_name", "camera_id", "revision", "updated_at"})
_WHOLE = frozenset({"brightness", "bitrate_bps", "fps", "keyframe_interval_ms", "rotation", "exposure_us", "focus"})
_APPLIED = FieldResult(outcome=OUTCOME_APPLIED)


@dataclass
class Decision:
    """The settings to carry out, and what became of each that was asked for."""

    settings: CameraSettings
    fields: dict[str, FieldResult] = field(default_factory=dict)


def initial(capabilities: CameraCapabilities) -> CameraSettings:
    """What a camera does before anybody has asked for anything."""
    settings = CameraSettings(codec=CODEC_H264)
    settings.width, settings.height = capabilities.modes[0].width, capabilities.modes[0].height
    for name, span in capabilities.ranges.items():
        setattr(settings, name, _typed(name, span.default))
    for name in capabilities.switches:
        setattr(settings, name, False)
    return settings


def decide(desired: CameraSettings, present: CameraSettings, capabilities: CameraCapabilities) -> Decision:
    """Lay a patch over the present settings; never raises, whatever it holds."""
    decision = Decision(CameraSettings())
    decision.settings.CopyFrom(present)
    if desired.HasField("width") or desired.HasField("height"):
        _choose_mode(decision, desired, capabilities)
    for descriptor, value in desired.ListFields():
        name = descriptor.name
        if name not in _OF_THE_SERVER and name not in ("width", "height"):
            decision.fields[name] = _set(decision.settings, name, value, capabilities)
    _slow_down(decision, capabilities)
    return decision


def _set(settings: CameraSettings, name: str, value: float, capabilities: CameraCapabilities) -> FieldResult:
    if name in capabilities.switches:
        setattr(settings, name, value)
        return _APPLIED
    if name in capabilities.ranges:
        return _set_within(settings, name, value, capabilities.ranges[name])
    if settings.HasField(name) and getattr(settings, name) == value:
        return _APPLIED
    return _rejected("This camera cannot change it.")


def _set_within(settings: CameraSettings, name: str, value: float, span: Range) -> FieldResult:
    if not math.isfinite(value):
        return _rejected("This is not a number.")
    within = min(max(value, span.min), span.max)
    if name == "rotation":
        within = within // 90 * 90
    setattr(settings, name, _typed(name, within))
    if within == value:
        return _APPLIED
    unit = f" {span.unit}" if span.unit else ""
    return _clamped(f"This camera takes {span.min:.10g} to {span.max:.10g}{unit}.")


def _choose_mode(decision: Decision, desired: CameraSettings, capabilities: CameraCapabilities) -> None:
    """The mode that was asked for, else the largest that is no larger, else the smallest."""
    width, height = desired.width or decision.settings.width, desired.height or decision.settings.height
    fitting = [mode for mode in capabilities.modes if mode.width <= width and mode.height <= height]
    mode = max(fitting, key=_area) if fitting else min(capabilities.modes, key=_area)
    decision.settings.width, decision.settings.height = mode.width, mode.height
    exact = (mode.width, mode.height) == (width, height)
    result = _APPLIED if exact else _clamped(f"The nearest mode of this camera is {mode.width}x{mode.height}.")
    decision.fields.update({name: result for name in ("width", "height") if desired.HasField(name)})


def _slow_down(decision: Decision, capabilities: CameraCapabilities) -> None:
    """A mode may allow fewer pictures a second than the camera does at best."""
    settings = decision.settings
    size = (settings.width, settings.height)
    most = next((mode.max_fps for mode in capabilities.modes if (mode.width, mode.height) == size), 0)
    if most and settings.fps > most:
        settings.fps = most
        decision.fields["fps"] = _clamped(f"At {size[0]}x{size[1]} this camera makes at most {most} fps.")


def _area(mode: Mode) -> int:
    return mode.width * mode.height


def _typed(name: str, value: float) -> float:
    return round(value) if name in _WHOLE else value


def _clamped(reason: str) -> FieldResult:
    return FieldResult(outcome=OUTCOME_CLAMPED, reason=reason)


def _rejected(reason: str) -> FieldResult:
    return FieldResult(outcome=OUTCOME_REJECTED, reason=reason)
