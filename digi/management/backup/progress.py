"""What a long command says while it works."""

import time
from collections.abc import Callable

PAUSE = 2.0  # seconds between two lines


class Progress:
    """Passes on what is said, but not more often than every two seconds."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._next = time.monotonic() + PAUSE

    def __call__(self, text: str) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + PAUSE
            self._write(text)
