"""Between camera.proto's messages and plain values. What comes in is checked here, whoever sends it."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from google.protobuf.message import DecodeError

from camera import camera_pb2 as pb
from camera.capabilities import FIELDS, LARGEST, LIMITS, MODES, SWITCHES, WHOLE
from digi.errors import DigiError, Invalid
from digi.realtime.wire import binary_frame

_CODECS = {"h264": pb.CODEC_H264, "jpeg": pb.CODEC_JPEG}
_EFFECTS = {"live": pb.EFFECT_LIVE, "keyframe": pb.EFFECT_KEYFRAME, "restart": pb.EFFECT_RESTART}
_OUTCOMES = {
    pb.OUTCOME_APPLIED: "applied",
    pb.OUTCOME_CLAMPED: "clamped",
    pb.OUTCOME_REJECTED: "rejected",
    pb.OUTCOME_PENDING: "pending",
}
_CODEC_NAMES = {number: name for name, number in _CODECS.items()}
_EFFECT_NAMES = {number: name for name, number in _EFFECTS.items()}
_OUTCOME_NUMBERS = {name: number for number, name in _OUTCOMES.items()}
_TEXT = 200  # characters of a reason, a unit, a model


def parse(data: bytes) -> pb.Envelope:
    """The envelope. Raises `Invalid`."""
    try:
        return pb.Envelope.FromString(data)
    except DecodeError as error:
        raise Invalid("This is not an envelope.", code="bad_frame") from error


def frame(envelope: pb.Envelope) -> bytes:
    """The envelope as it stands on the wire."""
    return binary_frame(envelope.SerializeToString())


def error(problem: DigiError, reply_to: int = 0) -> bytes:
    """An error as a frame; that of a conflict brings the fields that differ and the present settings."""
    extra = problem.extra
    word = pb.Error(code=problem.code, message=str(problem.message)[:_TEXT])
    for name, value in (extra.get("fields") or {}).items():
        word.fields[name] = _text(value)
    if "current" in extra:
        word.current.CopyFrom(settings(extra["current"], revision=extra.get("revision", 0)))
    return frame(pb.Envelope(reply_to=reply_to, error=word))


def settings(
    values: Mapping[str, Any],
    *,
    name: str = "",
    camera: str = "",
    revision: int = 0,
    updated_at: datetime | None = None,
) -> pb.CameraSettings:
    """Settings as a message; what the schema does not know is left out."""
    known = {key: value for key, value in values.items() if key in FIELDS}
    if "codec" in known:
        known["codec"] = _CODECS.get(known["codec"], pb.CODEC_UNSPECIFIED)
    message = pb.CameraSettings(**known, camera_id=camera, revision=revision, updated_at=millis(updated_at))
    if name:
        message.camera_name = name
    return message


def values_of(message: pb.CameraSettings) -> dict[str, Any]:
    """What a message sets, by name, `camera_name` too; what the server alone sets is passed over."""
    found: dict[str, Any] = {}
    for field, value in message.ListFields():
        if field.name == "codec":
            found["codec"] = _CODEC_NAMES.get(value, "")
        elif field.name in FIELDS or field.name == "camera_name":
            found[field.name] = value
    return found


def applied_of(message: pb.CameraSettings) -> dict[str, Any]:
    """What an agent says it does, without what no camera does: it is shown, and stored as JSON."""
    found = values_of(message)
    found.pop("camera_name", None)
    return {key: _short(value) for key, value in found.items() if not isinstance(value, float) or math.isfinite(value)}


def capabilities(able: Mapping[str, Any]) -> pb.CameraCapabilities:
    """Capabilities as a message."""
    message = pb.CameraCapabilities(model=able["model"], mode_effect=_EFFECTS[able["mode_effect"]])
    for name, one in able["ranges"].items():
        message.ranges[name].CopyFrom(pb.Range(**(one | {"effect": _EFFECTS[one["effect"]]})))
    message.modes.extend(pb.Mode(**one) for one in able["modes"])
    message.codecs.extend(_CODECS[name] for name in able["codecs"])
    for name, effect in able["switches"].items():
        message.switches[name] = _EFFECTS[effect]
    return message


def capabilities_of(message: pb.CameraCapabilities) -> dict[str, Any]:
    """What an agent says its camera can do, as it is stored. Raises `Invalid` for what no camera can.

    Names that this release does not know are passed over.
    """
    codecs = [_CODEC_NAMES[codec] for codec in message.codecs if codec in _CODEC_NAMES]
    if not codecs or len(message.codecs) > len(_CODEC_NAMES) or len(set(codecs)) < len(codecs):
        raise Invalid("A camera makes H.264, JPEG or both.", code="unknown_codec")
    if not 0 < len(message.modes) <= MODES:
        raise Invalid("A camera has at least one mode, and not hundreds.", code="invalid")
    return {
        "ranges": {name: _range(name, one) for name, one in sorted(message.ranges.items()) if name in LIMITS},
        "modes": [_mode(one) for one in message.modes],
        "codecs": codecs,
        "switches": {
            name: _EFFECT_NAMES.get(effect, "live")
            for name, effect in sorted(message.switches.items())
            if name in SWITCHES
        },
        "mode_effect": _EFFECT_NAMES.get(message.mode_effect, "restart"),
        "model": message.model[:_TEXT],
    }


def outcomes_of(message: pb.SettingsAck) -> dict[str, dict[str, str]]:
    """How each setting fared, as it is stored."""
    return {
        name: {"outcome": _OUTCOMES.get(one.outcome, "pending"), "reason": one.reason[:_TEXT]}
        for name, one in sorted(message.fields.items())
        if name in FIELDS
    }


def outcomes(stored: Mapping[str, Mapping[str, str]]) -> dict[str, pb.FieldResult]:
    return {
        name: pb.FieldResult(outcome=_OUTCOME_NUMBERS[one["outcome"]], reason=one["reason"])
        for name, one in stored.items()
    }


def millis(at: datetime | None) -> int:
    """Milliseconds since 1970; 0 for never."""
    return int(at.timestamp() * 1000) if at else 0


def _range(name: str, one: pb.Range) -> dict[str, Any]:
    low, high = LIMITS[name]
    fair = all(map(math.isfinite, (one.min, one.max, one.step, one.default))) and one.step >= 0
    if not fair or not low <= one.min <= one.default <= one.max <= high:
        raise Invalid(f"The range of {name} lies outside of {low:g} to {high:g}.", code="invalid")
    numbers = {"min": one.min, "max": one.max, "step": one.step, "default": one.default}
    if name in WHOLE:
        numbers = {key: int(value) for key, value in numbers.items()}
    return {**numbers, "unit": one.unit[:16], "effect": _EFFECT_NAMES.get(one.effect, "live")}


def _mode(one: pb.Mode) -> dict[str, int]:
    if not all(0 < side <= LARGEST and side % 2 == 0 for side in (one.width, one.height)) or not 0 < one.max_fps <= 240:
        raise Invalid("A mode has even sides, 4096 pixels at most.", code="invalid")
    return {"width": one.width, "height": one.height, "max_fps": one.max_fps}


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)[:_TEXT]


def measures(stats: pb.Stats) -> dict[str, float]:
    """An agent's word about itself, as plain numbers; what is no number counts as 0."""
    told = {
        "fps": stats.fps,
        "bitrate_bps": stats.bitrate_bps,
        "frames": stats.frames,
        "dropped": stats.dropped,
        "viewers": stats.viewers,
        "encode_ms": stats.encode_ms,
    }
    return {name: value if math.isfinite(value) else 0 for name, value in told.items()}
