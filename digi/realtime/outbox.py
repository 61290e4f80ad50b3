"""Where events wait for the commit, and how they come from any thread to this process's hub."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from digi.realtime.events import Event


class Post(Protocol):
    """Whoever takes events on, and work that nobody waits for: the hub, from any thread."""

    def post(self, events: list[Event]) -> None: ...

    def aside(self, work: Callable[[], object]) -> None: ...


_local = threading.local()
_offices: list[Post] = []


def open_office(office: Post) -> None:
    """From now on events are handed to this hub, too."""
    _offices.append(office)


def close_office(office: Post) -> None:
    if office in _offices:
        _offices.remove(office)


@contextmanager
def collected() -> Iterator[list[Event]]:
    """Keep back what this thread posts, for the caller to hand on."""
    kept: list[Event] = []
    _local.kept = kept
    try:
        yield kept
    finally:
        _local.kept = None


def post(events: list[Event]) -> bool:
    """Hand events over, in order. False where no hub runs in this process (a command, a worker)."""
    kept = getattr(_local, "kept", None)
    if kept is not None:
        kept.extend(events)
        return True
    for office in list(_offices):
        office.post(events)
    return bool(_offices)


def aside(work: Callable[[], object]) -> None:
    """Have this done beside the answers that people wait for: in a hub's own thread, or here where no hub runs."""
    if _offices:
        _offices[0].aside(work)
    else:
        work()
