"""The processes of this installation say that they live."""

import os
import socket
import uuid
from collections.abc import Collection, Iterable
from pathlib import Path

from django.core.cache import cache
from django.utils import timezone

from digi import __version__
from digi.status.models import Kind, Process

PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
STARTED = timezone.now()  # apps are loaded as the first thing in a process
_mine: dict[Kind, Process] = {}


def lives(kind: Kind, *, sockets: int = 0, people: Collection[int] = ()) -> Process:
    """Say that this process lives, and who has a socket at it: one statement. A forked one says so in its own name."""
    mine = _mine.get(kind)
    if mine is None or mine.pid != os.getpid():
        mine = _mine[kind] = _described(kind)
    mine.seen_at, mine.sockets, mine.memory = timezone.now(), sockets, memory()
    said = {"seen_at": mine.seen_at, "sockets": sockets, "memory": mine.memory}
    if not Process.objects.filter(uuid=mine.uuid).update(**said):
        mine.pk = None
        mine.save(force_insert=True)
    if kind == Kind.SERVER:
        cache.set(_people(mine), frozenset(people), Process.SILENCE[kind].seconds)
    return mine


def online(processes: Iterable[Process]) -> int:
    """How many people have a socket at these, each of them counted once."""
    found: dict[str, frozenset[int]] = cache.get_many([_people(one) for one in processes])
    return len(frozenset().union(*found.values()))


def worker_lives() -> None:
    """The worker's duty of every minute."""
    lives(Kind.WORKER)


def memory() -> int | None:
    """The bytes of memory that this process holds; None where the system does not say so by /proc."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return None


def _people(process: Process) -> str:
    return f"status:people:{process.uuid.hex}"


def _described(kind: Kind) -> Process:
    return Process(
        uuid=uuid.uuid4(),
        kind=kind,
        host=socket.gethostname()[:64],
        pid=os.getpid(),
        version=__version__,
        started_at=STARTED,
    )
