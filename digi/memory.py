"""Memory that the process no longer uses goes back to the system.

glibc keeps what was freed between blocks that live on. After the queues of readers that stalled, or a large batch, that
is tens of MiB for good; `malloc_trim` gives their pages back, in 0.3 to 5 ms. Elsewhere nothing is done.
"""

import ctypes

WORTH = 4 * 2**20  # bytes that have become free since the last time

_COUNTS = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"  # mallinfo(3)


class _Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in _COUNTS.split()]


def _library() -> ctypes.CDLL | None:
    """The process's glibc, where it is one of 2.33 or later."""
    try:
        library = ctypes.CDLL(None)
        library.mallinfo2.restype = _Info
    except (AttributeError, OSError, TypeError):  # another system's, an older one's
        return None
    return library


_glibc = _library()
_left = 0  # bytes that were free after the last time: they still count as such, without pages behind them


def give_back() -> bool:
    """Give back what has become free, where it is worth it; whether anything was."""
    global _left
    if _glibc is None:
        return False
    free = int(_glibc.mallinfo2().fordblks)
    _left = min(_left, free)
    if free - _left < WORTH:
        return False
    _glibc.malloc_trim(0)
    _left = free
    return True
