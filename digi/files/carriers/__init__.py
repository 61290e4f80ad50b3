"""What carries the bytes of files: a folder, or a bucket of an S3-compatible server. DIGI_FILES says which.

Both are told keys such as `document/ab/abcd…`, never paths of a disk. `digi.files.services.storage` is the way in for
everybody who keeps, reads, lists or backs up files; who speaks with a carrier itself is part of it.
"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from digi.files.carriers.base import Carrier, Held
from digi.files.carriers.bucket import BucketCarrier
from digi.files.carriers.client import Refused
from digi.files.carriers.folder import FolderCarrier
from digi.files.carriers.signature import Keys
from digi.files.places import Bucket, parse

__all__ = ["Carrier", "Held", "Refused", "at", "current"]


def current() -> Carrier:
    """The carrier that DIGI_FILES names."""
    return at(str(settings.DIGI_FILES))


def at(address: str) -> Carrier:
    """The carrier at an address as DIGI_FILES has it. Raises `ValueError` for none."""
    keys = Keys(settings.DIGI_S3_ACCESS_KEY, settings.DIGI_S3_SECRET_KEY)
    return _made(address, keys, Path(settings.DIGI_SPOOL))


@lru_cache(maxsize=8)
def _made(address: str, keys: Keys, spool: Path) -> Carrier:
    place = parse(address)
    return BucketCarrier(place, keys, spool) if isinstance(place, Bucket) else FolderCarrier(place)
