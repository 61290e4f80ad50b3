"""The controls of a camera, made from what it can: sliders, choices and switches, beside what it does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from camera import words
from camera.models import Camera
from camera.words import Told

ORDER = tuple(words.NAMES)
CHOICES = frozenset({"resolution", "rotation"})


@dataclass(frozen=True)
class Control:
    """One setting on the page. `kind` is slider, choice or switch; `applied` and `value` by the names of the form."""

    name: str
    kind: str
    value: Any
    applied: Any
    told: Told
    bounds: dict[str, Any] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return words.name(self.name)

    @property
    def amount(self) -> str:
        return words.amount(self.name, self.value)

    @property
    def text(self) -> str:
        """The value as choices name it."""
        return str(self.value)

    @property
    def applied_amount(self) -> str:
        return words.amount(self.name, self.applied)

    @property
    def hint(self) -> str:
        """What a number means that is written by hand."""
        low, high, unit = self.bounds["min"], self.bounds["max"], self.bounds["unit"]
        return _("%(low)g to %(high)g %(unit)s") % {"low": low, "high": high, "unit": unit}

    @property
    def mark(self) -> str:
        """Where the camera stands on the slider, in per cent."""
        low, high = self.bounds["min"], self.bounds["max"]
        if not isinstance(self.applied, int | float) or high <= low:
            return "0%"
        return f"{max(0, min(100, 100 * (self.applied - low) / (high - low))):.2f}%"


def of(camera: Camera, typed: dict[str, Any], errors: dict[str, list[str]]) -> Iterator[Control]:
    """All that this camera lets one set, in the order of the page. `typed` stands before what is asked already."""
    asked, given = words.of_form(camera.desired), words.of_form(camera.applied)
    for name in ORDER:
        kind = kind_of(camera, name)
        if not kind:
            continue
        yield Control(
            name=name,
            kind=kind,
            value=typed.get(name, asked.get(name)),
            applied=given.get(name),
            told=words.told(camera, name),
            bounds=camera.capabilities["ranges"].get(name, {}),
            choices=tuple(choices(camera, name)),
            errors=tuple(errors.get(name, ())),
        )


def kind_of(camera: Camera, name: str) -> str:
    """How a setting is set; empty where this camera does not know it.

    The codec is none of them: cameras make all of theirs at once, and each viewer says which of them it takes.
    """
    able = camera.capabilities
    if name in able["switches"]:
        return "switch"
    if name == "resolution":
        return "choice" if able["modes"] else ""
    if name not in able["ranges"]:
        return ""
    return "choice" if name in CHOICES else "slider"


def choices(camera: Camera, name: str) -> Iterator[tuple[str, str]]:
    """The values of a choice with their words."""
    able = camera.capabilities
    if name == "resolution":
        values: list[Any] = [f"{mode['width']}x{mode['height']}" for mode in able["modes"]]
    elif name == "rotation":
        values = [turn for turn in (0, 90, 180, 270) if turn <= able["ranges"].get(name, {}).get("max", -1)]
    else:
        values = []
    yield from ((str(value), words.amount(name, value)) for value in values)
