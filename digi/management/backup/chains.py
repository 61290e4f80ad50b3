"""After a restore: do the chains of hashes still hold, as they were written?"""

from collections.abc import Iterator
from typing import NamedTuple

from chat.models import Room
from chat.services import chain
from digi.audit import services as audit
from digi.audit.models import AuditEvent
from thesis.models import Application, Thesis
from thesis.services import history


class Chains(NamedTuple):
    """How many of each were walked, and which do not hold, in words."""

    lines: int
    rooms: int
    histories: int
    broken: list[str]


def walk() -> Chains:
    """Walk all of them."""
    rooms, subjects = Room.objects.count(), Thesis.objects.count() + Application.objects.count()
    return Chains(AuditEvent.objects.count(), rooms, subjects, list(_broken()))


def _broken() -> Iterator[str]:
    line = audit.verify()
    if line is not None:
        yield f"the audit at line {line}"
    for room in Room.objects.order_by("pk").iterator(chunk_size=200):
        if (change := chain.verify(room)) is not None:
            yield f"room {room.uuid} at change {change}"
    for kind in (Thesis, Application):
        for subject in kind._default_manager.order_by("pk").iterator(chunk_size=200):
            if (step := history.verify(subject)) is not None:
                yield f"{kind.__name__.lower()} {subject.uuid} at step {step}"
