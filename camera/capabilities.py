"""What a camera can be asked: ranges, modes, switches and codecs, as plain JSON, and what settings fit them.

`{"ranges": {name: {"min", "max", "step", "default", "unit", "effect"}}, "modes": [{"width", "height", "max_fps"}],
"codecs": ["h264", "jpeg"], "switches": {name: effect}, "mode_effect": effect, "model": "…"}`; names are those of
camera.proto, effects are `live`, `keyframe` and `restart`.
"""

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from digi.errors import Invalid

Capabilities = dict[str, Any]
Settings = dict[str, Any]

CODECS = ("h264", "jpeg")
EFFECTS = ("live", "keyframe", "restart")
WHOLE = frozenset({"brightness", "bitrate_bps", "fps", "keyframe_interval_ms", "rotation", "exposure_us", "focus"})
GAINS = frozenset({"contrast", "saturation", "sharpness"})
SWITCHES = frozenset({"flip_horizontal", "flip_vertical", "overlay_clock"})
FIELDS = (*sorted(WHOLE | GAINS), "width", "height", "codec", *sorted(SWITCHES))
LIMITS: dict[str, tuple[float, float]] = {  # beyond these no camera goes, whatever its agent says
    "brightness": (-100, 100),
    "bitrate_bps": (100_000, 8_000_000),
    "contrast": (0, 4),
    "fps": (1, 60),
    "saturation": (0, 3),
    "sharpness": (-1, 1),
    "keyframe_interval_ms": (250, 10_000),
    "rotation": (0, 270),
    "exposure_us": (0, 10_000_000),
    "focus": (0, 1000),
}
LARGEST = 4096  # pixels of a side
MODES = 64  # at most


def default() -> Capabilities:
    """Those of a camera whose agent has never reported any."""
    return {
        "ranges": {
            "brightness": _range(-100, 100, 1, 0),
            "contrast": _range(0, 4, 0.05, 1, "×"),
            "saturation": _range(0, 3, 0.05, 1, "×"),
            "bitrate_bps": _range(100_000, 8_000_000, 50_000, 1_500_000, "bit/s"),
            "fps": _range(1, 60, 1, 30, "fps", "keyframe"),
            "keyframe_interval_ms": _range(250, 10_000, 250, 2000, "ms", "keyframe"),
        },
        "modes": [
            {"width": 640, "height": 480, "max_fps": 60},
            {"width": 320, "height": 240, "max_fps": 60},
            {"width": 1280, "height": 720, "max_fps": 60},
            {"width": 1920, "height": 1080, "max_fps": 30},
        ],
        "codecs": ["h264", "jpeg"],
        "switches": {"overlay_clock": "live"},
        "mode_effect": "restart",
        "model": "",
    }


def default_settings() -> Settings:
    """The desired settings of a new camera."""
    return defaults(default())


def defaults(able: Capabilities) -> Settings:
    """A value for everything that can be set."""
    found: Settings = {name: _number(name, one["default"]) for name, one in able["ranges"].items()}
    found |= dict.fromkeys(able["switches"], False)
    if able["modes"]:
        found |= {"width": able["modes"][0]["width"], "height": able["modes"][0]["height"]}
    if able["codecs"]:
        found["codec"] = able["codecs"][0]
    return found


def settable(able: Capabilities) -> frozenset[str]:
    """The names of what can be set."""
    return frozenset(defaults(able))


def size_of(resolution: str) -> Settings:
    """`640x480` as width and height. Raises `Invalid`."""
    width, _x, height = resolution.partition("x")
    if not (width.isascii() and width.isdecimal() and height.isascii() and height.isdecimal() and len(resolution) < 12):
        raise Invalid(_("A resolution reads 640x480."), fields={"resolution": _("A resolution reads 640x480.")})
    return {"width": int(width), "height": int(height)}


def checked(patch: Mapping[str, Any], able: Capabilities, present: Settings) -> Settings:
    """The patch, its values in their proper types.

    `present` are the settings it is laid over. Raises `Invalid` with `fields`, a sentence for each name that is wrong.
    """
    wrong: dict[str, str] = {}
    fit: Settings = {}
    for name, value in patch.items():
        try:
            fit[name] = _fitting(name, value, able)
        except ValueError as error:
            wrong[name] = str(error)
    if not wrong:
        wrong = _wrong_mode(fit, able, present | fit)
    if wrong:
        raise Invalid(" ".join(dict.fromkeys(wrong.values())), fields=wrong)
    return fit


def _fitting(name: str, value: Any, able: Capabilities) -> Any:
    """The value as it is stored. Raises ValueError with a sentence."""
    if name in able["switches"]:
        if not isinstance(value, bool):
            raise ValueError(_("This is either on or off."))
        return value
    if name == "codec" and able["codecs"]:
        if value not in able["codecs"]:
            raise ValueError(_("This camera knows %(codecs)s.") % {"codecs": ", ".join(able["codecs"])})
        return value
    if name in ("width", "height") and able["modes"]:
        return _whole(value)
    bounds = able["ranges"].get(name)
    if bounds is None:
        raise ValueError(_("This camera has no setting %(name)s.") % {"name": name})
    number = _whole(value) if name in WHOLE else _finite(value)
    if not bounds["min"] <= number <= bounds["max"]:
        raise ValueError(_("%(name)s lies between %(min)g and %(max)g.") % {"name": name, **bounds})
    if name == "rotation" and number % 90:
        raise ValueError(_("A picture is turned by 0, 90, 180 or 270 degrees."))
    return number


def _wrong_mode(fit: Settings, able: Capabilities, whole: Settings) -> dict[str, str]:
    if not fit.keys() & {"width", "height", "fps"} or not able["modes"]:
        return {}
    size = (whole.get("width"), whole.get("height"))
    mode = next((one for one in able["modes"] if (one["width"], one["height"]) == size), None)
    if mode is None and fit.keys() & {"width", "height"}:
        sizes = ", ".join(f"{one['width']}x{one['height']}" for one in able["modes"])
        return {"resolution": _("This camera has the resolutions %(sizes)s.") % {"sizes": sizes}}
    if mode is not None and whole.get("fps", 0) > mode["max_fps"]:
        sentence = _("At %(width)dx%(height)d this camera makes at most %(max_fps)d pictures a second.")
        return {"fps": sentence % mode}
    return {}


def _whole(value: Any) -> int:
    number = _finite(value)
    if number != int(number):
        raise ValueError(_("This is a whole number."))
    return int(number)


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(_("This is a number."))
    return round(value, 4)


def _number(name: str, value: float) -> float:
    return int(value) if name in WHOLE else round(float(value), 4)


def _range(low: float, high: float, step: float, usual: float, unit: str = "", effect: str = "live") -> dict[str, Any]:
    return {"min": low, "max": high, "step": step, "default": usual, "unit": unit, "effect": effect}
