"""The keys, which are kept apart from all else: whoever loses them loses every message."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from digi.crypto import ring
from digi.disk import new_file
from digi.management.backup.manifest import Manifest, Sealed
from digi.management.rotation import NO_KEY, census
from digi.management.sealed import PLACES

_WORDS = """\
# Digi's keys, as lines for .env. Whoever has these and a backup reads every message; whoever has lost them reads none.
# Keep them apart from the backups, where few can read them, and again after each rotation.
"""


def write(path: Path) -> None:
    """Put the keys into a new file that its owner alone may read. Raises `FileExistsError`, `OSError`."""
    keys = ",".join(settings.DIGI_ENCRYPTION_KEYS)
    text = f"{_WORDS}DIGI_SECRET_KEY={settings.SECRET_KEY}\nDIGI_ENCRYPTION_KEYS={keys}\n"
    with new_file(path) as file:
        file.write(text.encode())


def uses() -> list[Sealed]:
    """What each key of the ring has sealed in the database."""
    names = {**dict(enumerate(ring().names)), NO_KEY: ""}
    return [
        Sealed(place.name, names[position], count)
        for place in PLACES
        for position, count in sorted(census(place).items())
    ]


def missing(manifest: Manifest) -> list[str]:
    """Keys that the archive needs and this server has not; all of its server's where nobody has counted."""
    needed = [one.key for one in manifest.sealed if one.key] or manifest.keys
    return sorted(set(needed) - set(ring().names))


def told(sealed: Iterable[Sealed]) -> str:
    """Such as `data keys of rooms: 12, drafts: 3`."""
    return ", ".join(f"{one.kind}: {one.count:,}" for one in sealed)
