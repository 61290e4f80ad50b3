"""How long to wait before trying again."""

import random


class Backoff:
    """Delays that double from `first` to `longest` seconds; each is between half of that and all of it."""

    def __init__(self, *, first: float = 0.5, longest: float = 15.0) -> None:
        self._first = first
        self._longest = longest
        self.tries = 0

    def next(self) -> float:
        """Seconds until the next try."""
        delay = min(self._longest, self._first * float(2 ** min(self.tries, 20)))
        self.tries += 1
        return delay * random.uniform(0.5, 1)  # noqa: S311 - spreads cameras that lost the same server

    def reset(self) -> None:
        """It worked: begin anew."""
        self.tries = 0
