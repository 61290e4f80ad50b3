"""Colours as CSS writes them and as eyes weigh them: oklch to sRGB, and WCAG's contrast."""

import math
import re
from typing import NamedTuple, Self

# From oklab to the cone responses' cube roots, and from those to linear sRGB (CSS Color 4, "OKLab to sRGB").
TO_CONES = ((1, 0.3963377774, 0.2158037573), (1, -0.1055613458, -0.0638541728), (1, -0.0894841775, -1.2914855480))
TO_SRGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


class Colour(NamedTuple):
    """Gamma-encoded sRGB, each part 0–1, clipped to what a screen can show."""

    red: float
    green: float
    blue: float
    alpha: float = 1

    def over(self, below: Self) -> "Colour":
        """What is seen of this colour on an opaque one below; browsers blend encoded values."""
        return Colour(
            *(own * self.alpha + other * (1 - self.alpha) for own, other in zip(self[:3], below[:3], strict=True))
        )

    @property
    def luminance(self) -> float:
        """Relative luminance, 0–1 (WCAG 2.2)."""
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in self[:3])
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def parse(oklch: str) -> Colour:
    """Read `oklch(45% 0.115 248)` or `oklch(15% 0.01 255 / 0.78)`."""
    match = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)(?: / ([\d.]+))?\)", oklch)
    if match is None:
        raise ValueError(oklch)
    lightness, chroma, hue = float(match[1]) / 100, float(match[2]), math.radians(float(match[3]))
    lab = (lightness, chroma * math.cos(hue), chroma * math.sin(hue))
    cones = [sum(a * b for a, b in zip(row, lab, strict=True)) ** 3 for row in TO_CONES]
    linear = [sum(a * b for a, b in zip(row, cones, strict=True)) for row in TO_SRGB]
    return Colour(*map(_encoded, linear), alpha=float(match[4] or 1))


def _encoded(linear: float) -> float:
    linear = min(max(linear, 0), 1)
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def contrast(one: Colour, other: Colour) -> float:
    """WCAG's ratio, 1–21."""
    light, dark = sorted((one.luminance, other.luminance), reverse=True)
    return (light + 0.05) / (dark + 0.05)
