"""Bytes without a row: a deletion that failed, a commit of which nobody knew, a machine lost between bytes and row."""

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from digi.files import carriers
from digi.files.models import StoredFile
from digi.files.services import storage

log = logging.getLogger(__name__)

BATCH = 500  # keys that are looked up at once
FEW = 100  # orphans that are removed however few files are known
_KEY = re.compile(r"[a-z]+/[0-9a-f]{2}/[0-9a-f]{32}")  # as `storage.Staged` names them


def sweep(*, before: datetime) -> int:
    """Remove files of ours that are older and have no row. Says how many.

    Where there are more of them than rows, the database is not the one that they belong to: nothing is removed.
    """
    keys = (held.key for held in carriers.current().held() if held.changed_at < before and _KEY.fullmatch(held.key))
    found = list(_without_row(keys))
    if len(found) > max(FEW, StoredFile.objects.count()):
        log.error("%d files have no row, more than have one: is this their database? None is removed.", len(found))
        return 0
    for key in found:
        storage.forget(key)
    return len(found)


def _without_row(keys: Iterator[str]) -> Iterator[str]:
    while batch := list(islice(keys, BATCH)):
        known = set(StoredFile.objects.filter(path__in=batch).values_list("path", flat=True))
        yield from (key for key in batch if key not in known)
