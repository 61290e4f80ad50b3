"""What lives long is kept out of the garbage collector's full rounds: 218 ms at 4 000 open sockets otherwise.

And what lives as long as a batch of messages is kept out of its short ones, which Python begins after 700 objects: they
would look through each large batch ten times, and find no garbage.
"""

import gc

from django.conf import settings

CROWD = 200  # connections more or fewer, before it looks again
YOUNG = 20_000  # objects made before the youngest are looked through: more than a full batch of messages holds


class Freezer:
    """Freezes what exists after the start and after bursts of connects; thaws it once many have gone.

    Reference counts still free what is frozen; only cycles among frozen objects wait for the thaw.
    """

    def __init__(self) -> None:
        self._connections = 0

    def freeze(self, connections: int) -> None:
        """Keep what exists out of later rounds; garbage among it goes first, only the young where many wait."""
        if "freeze" in settings.DIGI_FAST:
            gc.collect(1 if connections else 2)
            gc.freeze()
            gc.set_threshold(YOUNG)
        self._connections = connections

    def look(self, connections: int) -> None:
        """Called every two seconds with the number of open connections."""
        if connections >= self._connections + CROWD:
            self.freeze(connections)
        elif connections <= self._connections // 2 - CROWD:
            gc.unfreeze()
            gc.collect()
            self.freeze(connections)
