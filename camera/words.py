"""How the pages write settings: their names, their values with units, and what has become of them."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from camera.models import Camera

NAMES: dict[str, Promise] = {
    "resolution": gettext_lazy("Resolution"),
    "bitrate_bps": gettext_lazy("Bitrate"),
    "fps": gettext_lazy("Pictures a second"),
    "contrast": gettext_lazy("Contrast"),
    "brightness": gettext_lazy("Brightness"),
    "saturation": gettext_lazy("Saturation"),
    "sharpness": gettext_lazy("Sharpness"),
    "exposure_us": gettext_lazy("Exposure"),
    "focus": gettext_lazy("Focus"),
    "rotation": gettext_lazy("Turned by"),
    "keyframe_interval_ms": gettext_lazy("Keyframe every"),
    "codec": gettext_lazy("Codec"),
    "flip_horizontal": gettext_lazy("Left and right swapped"),
    "flip_vertical": gettext_lazy("Upside down"),
    "overlay_clock": gettext_lazy("Clock in the picture"),
}
SIDES: dict[str, Promise] = {"width": gettext_lazy("Width"), "height": gettext_lazy("Height")}
CODECS = {"h264": "H.264", "jpeg": "JPEG"}
ICONS = {
    "applied": "check",
    "pending": "clock",
    "late": "circle-alert",
    "clamped": "triangle-alert",
    "rejected": "circle-alert",
    "unknown": "circle-dashed",
}
REASONS: dict[str, Promise] = {
    "never": gettext_lazy("No agent has ever come for this camera."),
    "gone": gettext_lazy("Its agent has ended, or has lost its way here."),
    "lost": gettext_lazy("Its agent is no longer heard of."),
}


@dataclass(frozen=True)
class Told:
    """What has become of a setting: a `state` for the look and a sentence."""

    state: str
    sentence: str

    @property
    def icon(self) -> str:
        return ICONS[self.state]


def name(field: str) -> str:
    known = NAMES | SIDES
    return str(known[field]) if field in known else field


def amount(field: str, value: Any) -> str:
    """A value with its unit: "2.4 Mb/s", "× 1.20", "+10", "640 × 480", "2 s"."""
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if field == "codec":
        return CODECS.get(value, str(value))
    if field == "resolution":
        return str(value).replace("x", " × ")
    if field in ("exposure_us", "focus") and value == 0:
        return _("automatic")
    return _measured(field, value)


def _measured(field: str, value: float) -> str:
    match field:
        case "bitrate_bps" if value >= 1_000_000:
            return f"{number_format(value / 1_000_000, 2)} Mb/s"
        case "bitrate_bps":
            return f"{number_format(value / 1000, 0)} kb/s"
        case "keyframe_interval_ms":
            return f"{_trimmed(value / 1000, 2)} s"
        case "exposure_us":
            return f"{_trimmed(value / 1000, 1)} ms"
        case "contrast" | "saturation":
            return f"× {number_format(value, 2)}"
        case "sharpness":
            return _signed(value, 2)
        case "brightness":
            return _signed(value, 0)
        case "rotation":
            return f"{number_format(value, 0)}°"
        case _:
            return number_format(value, 0)


def _signed(value: float, digits: int) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + _trimmed(abs(value), digits)


def _trimmed(value: float, digits: int) -> str:
    """With no more digits after the point than it has."""
    return number_format(f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else round(value))


def reason(code: str) -> str:
    """Why a camera is offline, by the code that is stored."""
    return str(REASONS.get(code, code))


def of_form(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings by the names of the form: width and height are one `resolution`."""
    found = {key: value for key, value in settings.items() if key not in ("width", "height")}
    if settings.get("width") and settings.get("height"):
        found["resolution"] = f"{settings['width']}x{settings['height']}"
    return found


def told(camera: Camera, field: str) -> Told:
    """What has become of the wish for a setting, as far as the server knows."""
    asked, given = of_form(camera.desired).get(field), of_form(camera.applied).get(field)
    if given is None:
        return Told("unknown", _("No word from the camera yet"))
    agrees = asked == given or (isinstance(asked, float) and abs(asked - given) < 1e-5 * max(1, abs(asked)))
    outcome = _outcome(camera, field)
    why = outcome.get("reason", "")
    if outcome.get("outcome") == "rejected":
        return Told("rejected", _("Refused: %(reason)s") % {"reason": why} if why else _("Refused"))
    if agrees:
        return Told("applied", _("Applied"))
    if camera.is_waiting:
        return _waiting(camera, amount(field, given))
    gives = _("Camera gives %(amount)s") % {"amount": amount(field, given)}
    return Told("clamped", f"{gives}: {why}" if why else gives)


def _outcome(camera: Camera, field: str) -> dict[str, str]:
    outcomes: dict[str, dict[str, str]] = camera.outcomes
    if field == "resolution":
        return outcomes.get("resolution") or outcomes.get("width") or outcomes.get("height") or {}
    return outcomes.get(field, {})


def _waiting(camera: Camera, given: str) -> Told:
    if not camera.is_online:
        return Told("pending", _("Asked. The camera is offline and takes it when it comes"))
    if camera.is_overdue:
        return Told("late", _("No answer for 5 s, camera last at %(amount)s") % {"amount": given})
    return Told("pending", _("Asked, camera still at %(amount)s") % {"amount": given})
