"""The chain checked in stretches, and how far it was found to hold."""

from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone

from digi.audit.models import AuditHead
from digi.audit.services import chain
from digi.audit.services.chain import Actor

AT_MOST = 50_000  # lines in one stretch: about a second
_KEY = "audit:checked"


class Checked(NamedTuple):
    """Lines 1 to `n` hold, as of `at`; `broken` is the first that does not. `hash` is where the next stretch begins."""

    n: int
    hash: str
    broken: int | None
    at: datetime


def standing() -> Checked | None:
    """What the last check found; None where there was none since the cache was emptied."""
    found: Checked | None = cache.get(_KEY)
    return found


def length() -> int:
    """How many lines there are."""
    return AuditHead.objects.filter(pk=1).values_list("n", flat=True).first() or 0


def go_on(*, by: Actor, anew: bool = False) -> Checked:
    """Check the next stretch, or the first one again; what was found is itself a line of the audit."""
    last = standing()
    if anew or last is None or last.broken is not None or last.n > length():
        last = Checked(0, "", None, timezone.now())
    walked = chain.walk(after=last.n, before=last.hash, at_most=AT_MOST)
    found = Checked(walked.n, walked.hash, walked.broken, timezone.now())
    cache.set(_KEY, found, None)
    chain.record(action="audit.verified", actor=by, details={"broken": found.broken, "n": found.n})
    return found
