"""Measured numbers in words: in the reader's language, as exact as one reads them."""

from collections.abc import Callable
from math import floor, log2, log10

from django.template.defaultfilters import filesizeformat
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

UNITS = ("KB", "MB", "GB", "TB", "PB")  # as Django writes them
Amount = Callable[[float], str]


def count(value: float) -> str:
    """Three significant digits, no noughts behind them, and never less than a whole number where there are more."""
    if not value:
        return "0"
    digits = min(3, max(0, 2 - floor(log10(abs(value)))))
    while digits and round(value, digits) == round(value, digits - 1):
        digits -= 1
    if abs(value) >= 10_000:
        return number_format(round(value), 0, force_grouping=True)
    return f"{value:.{digits}f}".replace(".", get_format("DECIMAL_SEPARATOR"))  # a page holds thousands of them


def seconds(value: float) -> str:
    """Of seconds: milliseconds below one."""
    if value < 1:
        return _("%(ms)s ms") % {"ms": count(value * 1000)}
    return _("%(seconds)s s") % {"seconds": count(value)}


def size(value: float) -> str:
    """Of bytes: three digits of the greatest unit that fits, of 1024 of the one below."""
    power = min(int(log2(value) / 10), len(UNITS)) if value >= 1 else 0
    return f"{count(value / 1024**power)} {UNITS[power - 1]}" if power else filesizeformat(value)
