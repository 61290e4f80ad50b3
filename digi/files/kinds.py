"""What may be uploaded: each kind by the ending of its name, its first bytes and the examiner that looks inside."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import NamedTuple

HEAD = 16  # bytes that tell a kind from another
NAME = 200  # characters of a file's name
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})  # controls, bidi marks, zero-width characters …
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


class Kind(NamedTuple):
    """One sort of file. `starts` are the bytes it may begin with, `examiner` the module that looks inside."""

    ending: str
    media_type: str
    examiner: str
    starts: tuple[bytes, ...]
    other_endings: tuple[str, ...] = ()

    @property
    def endings(self) -> tuple[str, ...]:
        return (self.ending, *self.other_endings)

    def begins(self, head: bytes) -> bool:
        """May a file of this kind begin with these bytes?"""
        if self.ending == "webp":
            return head[:4] == b"RIFF" and head[8:12] == b"WEBP"
        return head.startswith(self.starts)


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

PDF = Kind("pdf", "application/pdf", "pdf", (b"%PDF-",))
ZIP = Kind("zip", "application/zip", "archive", _ZIP)
PICTURES = (
    Kind("png", "image/png", "picture", (b"\x89PNG\r\n\x1a\n",)),
    Kind("jpg", "image/jpeg", "picture", (b"\xff\xd8\xff",), ("jpeg",)),
    Kind("webp", "image/webp", "picture", ()),
    Kind("gif", "image/gif", "picture", (b"GIF87a", b"GIF89a")),
)
TEXTS = (
    Kind("docx", f"{_OOXML}wordprocessingml.document", "office", _ZIP),
    Kind("odt", f"{_ODF}text", "office", _ZIP),
)
SHEETS = (
    Kind("xlsx", f"{_OOXML}spreadsheetml.sheet", "office", _ZIP),
    Kind("ods", f"{_ODF}spreadsheet", "office", _ZIP),
)
SLIDES = (
    Kind("pptx", f"{_OOXML}presentationml.presentation", "office", _ZIP),
    Kind("odp", f"{_ODF}presentation", "office", _ZIP),
)
ALL = (PDF, ZIP, *PICTURES, *TEXTS, *SHEETS, *SLIDES)

_BY_ENDING = {ending: kind for kind in ALL for ending in kind.endings}


def named(name: str) -> Kind | None:
    """The kind that a file's name promises."""
    return _BY_ENDING.get(PurePosixPath(name).suffix.removeprefix(".").lower())


def of(media_type: str) -> Kind:
    """The kind of a stored file. Raises `KeyError` for one that is not in the list."""
    return {kind.media_type: kind for kind in ALL}[media_type]


def endings(kinds: tuple[Kind, ...]) -> str:
    """For sentences: `PDF, DOCX`."""
    return ", ".join(kind.ending.upper() for kind in kinds)


def clean_name(text: str) -> str:
    """A file's name without folders and without invisible characters; too long a one loses its middle."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter) not in _HIDDEN)
    name = " ".join(shown.split()).lstrip(".")
    if len(name) <= NAME:
        return name
    suffix = PurePosixPath(name).suffix[:NAME]
    return name[: NAME - len(suffix)] + suffix
