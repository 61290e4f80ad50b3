"""What an archive says of itself: plain JSON, which people may read with `tar -xOf FILE manifest.json`."""

from datetime import datetime

import msgspec

FORMAT = 1  # raised when an older Digi could not read the archive any more


class Table(msgspec.Struct, frozen=True):
    """A model's rows: `columns` are the attributes in the order of each row, `rows` how many there are."""

    label: str
    columns: list[str]
    rows: int


class Sealed(msgspec.Struct, frozen=True):
    """How many values of a kind a key opens. An empty `key` stands for those that none did: they were lost before."""

    kind: str
    key: str
    count: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`migrations` are those that were applied, as (app, name); `size` is that of all files together, in bytes.

    `keys` names the server's keys, newest first; `sealed` says what they have sealed, as far as the tables were this
    release's.
    """

    format: int = FORMAT
    digi: str
    at: datetime
    database: str
    migrations: list[tuple[str, str]]
    tables: list[Table]
    files: int
    size: int
    keys: list[str]
    sealed: list[Sealed]


class Line(msgspec.Struct, frozen=True):
    """A part of the archive; `sha256` in hexadecimal."""

    name: str
    size: int
    sha256: str


class End(msgspec.Struct, frozen=True):
    """How many parts there are, which files are missing among them, and a digest over all lists and these two."""

    parts: int
    absent: list[str]
    sha256: str


class NotUnderstood(Exception):
    """A later Digi has written this."""

    def __init__(self, digi: str) -> None:
        super().__init__(f"It was made by Digi {digi}, which is newer than this one. Restore it with that release.")

    @classmethod
    def unless_known(cls, content: bytes) -> None:
        """Raise for a manifest whose format is a later one; whatever else is wrong with it is not looked at."""
        try:
            head = msgspec.json.decode(content, type=_Head)
        except msgspec.DecodeError:
            return
        if head.format > FORMAT:
            raise cls(head.digi)


class _Head(msgspec.Struct):
    format: int
    digi: str
