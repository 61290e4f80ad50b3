"""What a person may be called: nothing invisible, nothing that turns the text around it."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Controls, formats (bidi marks and overrides, zero-width characters), surrogates, private use, line separators.
_HIDDEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Letters and marks that show nothing: grapheme joiner, Hangul and Khmer fillers, variation selectors, blank braille.
_HIDDEN = frozenset(
    chr(point)
    for points in (
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
    for point in points
)
_USER_NAME = re.compile(r"[\w.+-]+")


def visible(text: str) -> str:
    """The text in one spelling (NFC), without invisible characters, its spaces single and inside only."""
    spaced = re.sub(r"\s+", " ", text)
    shown = (letter for letter in spaced if unicodedata.category(letter) not in _HIDDEN_KINDS)
    kept = "".join(letter for letter in shown if letter not in _HIDDEN)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def user_name(text: str) -> str:
    """The one spelling of a user name: compatibility forms folded (NFKC), visible, lower case."""
    return visible(unicodedata.normalize("NFKC", text)).lower()


def folded(text: str) -> str:
    """What a search compares: without case and accents, so that `muller` finds `Müller`."""
    parts = unicodedata.normalize("NFKD", visible(text).casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def validate_user_name(value: str) -> None:
    """Letters, digits and `. + - _`, at least one of the former. No `@`: a name never looks like an address."""
    if not _USER_NAME.fullmatch(value) or not any(letter.isalnum() for letter in value):
        raise ValidationError(
            _("A user name holds letters, digits and the characters . + - _, and nothing else."), code="user_name"
        )


user_name_validators = [validate_user_name]
