"""Token buckets and strikes: how fast a socket, a person and an address may be."""

import time
from collections import OrderedDict

from django.conf import settings

from digi.environment import Rate


class Bucket:
    """Holds up to `rate.burst` tokens, refilled evenly over `rate.seconds`."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._left = float(rate.burst)
        self._at = time.monotonic()

    def take(self, tokens: int = 1) -> float:
        """Take a token, or several: 0.0 when there were as many, else the seconds until there are."""
        now = time.monotonic()
        speed = self._rate.burst / self._rate.seconds
        self._left = min(self._rate.burst, self._left + (now - self._at) * speed)
        self._at = now
        if self._left >= tokens:
            self._left -= tokens
            return 0.0
        return (tokens - self._left) / speed


class Buckets:
    """A bucket per person or address; the least recently used fall away beyond `size`.

    All limits are `lifted` under DIGI_BENCH: looked up once, as every frame asks.
    """

    def __init__(self, size: int = 20_000) -> None:
        self.lifted: bool = settings.DIGI_BENCH
        self._size = size
        self._buckets: OrderedDict[tuple[str, object], Bucket] = OrderedDict()

    def take(self, limit: str, who: object) -> float:
        """Take one of `limit` (a name in DIGI_LIMITS) for somebody: seconds to wait, 0.0 for go ahead.

        Nobody in particular (over a UNIX socket there is no address) is not limited.
        """
        if self.lifted or who == "":
            return 0.0

        key = (limit, who)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(settings.DIGI_LIMITS[limit])
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket.take()


class Strikes:
    """Counts offences within a minute."""

    __slots__ = ("_count", "_since")

    def __init__(self) -> None:
        self._count = 0
        self._since = 0.0

    def add(self) -> int:
        """One more; how many it makes within the last minute."""
        now = time.monotonic()
        if now - self._since > 60:
            self._since, self._count = now, 0
        self._count += 1
        return self._count
