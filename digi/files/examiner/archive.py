"""ZIP archives: whole, open, and no larger inside than they may be. Archives within archives stay closed."""

import os
import zipfile
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from digi.files.examiner.verdicts import Refused

ENTRIES = 10_000
UNPACKED = 1_073_741_824  # bytes of all entries together
RATIO = 200  # unpacked to packed; text and tables reach twenty
HARMLESS = 16_777_216  # bytes unpacked, below which the ratio does not matter
ENCRYPTED = 0x1  # of an entry's flags (APPNOTE 4.4.4)


def check(file: BinaryIO, ending: str) -> dict[str, Any]:
    """Every entry read to its end, its CRC compared."""
    with opened(file) as archive:
        _read_through(archive)
    return {}


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, if its directory promises nothing that must not be unpacked. Raises `Refused`."""
    size = os.fstat(file.fileno()).st_size
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise Refused("corrupt") from error

    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if not any(not entry.is_dir() for entry in entries):
        raise Refused("empty_archive")
    if len(entries) > ENTRIES:
        raise Refused("too_many_entries", count=len(entries), limit=ENTRIES)
    if unpacked > UNPACKED or (unpacked > HARMLESS and unpacked > RATIO * size):
        raise Refused("bomb", unpacked=unpacked, limit=UNPACKED)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Refused("encrypted")
    if any(_leaves_its_folder(entry.filename) for entry in entries):
        raise Refused("unsafe_names")
    return archive


def _leaves_its_folder(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or name[1:2] == ":"


def _read_through(archive: zipfile.ZipFile) -> None:
    try:
        broken = archive.testzip()
    except NotImplementedError as error:
        raise Refused("unknown_compression") from error
    if broken is not None:
        raise Refused("corrupt")
