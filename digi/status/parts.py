"""A judgement on one part of the server."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    GOOD = "good"
    CARE = "care"
    HARM = "harm"


@dataclass(frozen=True, slots=True)
class Part:
    """One line: what it is, how it stands, and what to do. `more` is the page that tells more."""

    name: str
    level: Level
    sentence: str
    todo: str = ""
    more: str = ""
