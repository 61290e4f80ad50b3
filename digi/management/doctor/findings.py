"""What an examination of one part comes to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    FINE = "fine"
    CARE = "care"  # it works, and something about it wants a look
    FAULT = "fault"  # something does not work, or is not safe


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence on what is so, and one on what mends it."""

    level: Level
    says: str
    mend: str = ""


Examination = Callable[[], Iterator[Finding]]


def fine(says: str) -> Finding:
    return Finding(Level.FINE, says)


def care(says: str, mend: str) -> Finding:
    return Finding(Level.CARE, says, mend)


def fault(says: str, mend: str) -> Finding:
    return Finding(Level.FAULT, says, mend)
