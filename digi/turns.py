"""Whose turn it is at the process's one interpreter: pages are made in threads beside the event loop and its writer.

Python lets a thread wait five milliseconds before it asks for the interpreter. What chat needs takes less than one, at
some ten moments of a batch: beside a page each of them would wait.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

ALONE = sys.getswitchinterval()  # seconds
BESIDE = 0.00005  # while pages are made: what a thread of chat waits at the most before it asks

_pages = 0


@contextmanager
def page() -> Iterator[None]:
    """A page is being made. Entered and left on the event loop alone."""
    _count(+1)
    try:
        yield
    finally:
        _count(-1)


def beside_pages() -> bool:
    """Whether pages are being made in this process."""
    return _pages > 0


def _count(more: int) -> None:
    global _pages
    _pages += more
    sys.setswitchinterval(BESIDE if _pages else ALONE)
