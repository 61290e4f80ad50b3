"""Which version of something a client has seen: a digest of what it says, where it counts no versions of its own."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

from digi.errors import Stale

LENGTH = 16  # hexadecimal digits


def of(content: Any) -> str:
    """The digest of plain values."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def expect(seen: str | None, now: str) -> None:
    """Raise `Stale` where the caller has seen something else than what stands now; None is whoever does not mind."""
    if seen is not None and seen != now:
        raise Stale(_("Somebody has changed this meanwhile. Look at it again, please."), version=now)
