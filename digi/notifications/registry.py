"""What apps above do with notifications: they say so at start-up, and this app knows none of them.

Both run in the transaction of what they are told of.
"""

from collections.abc import Callable, Sequence

from digi.notifications.models import Notification

Follow = Callable[[Sequence[Notification]], None]

written: list[Follow] = []
withdrawn: list[Follow] = []


def when_written(follow: Follow) -> None:
    """For what was made or has happened again; `user` and `actor` have been read."""
    if follow not in written:
        written.append(follow)


def when_withdrawn(follow: Follow) -> None:
    """For what its people may no longer read, and what they were told of it must not stay elsewhere either."""
    if follow not in withdrawn:
        withdrawn.append(follow)
