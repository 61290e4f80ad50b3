"""What stands in the way of a step, and where that is put right."""

from enum import Enum, auto
from typing import Self


class Remedy(Enum):
    """A place in the workspace where people put something right."""

    DATES = auto()
    DISCUSSION = auto()
    DOCUMENTS = auto()
    EXTENSIONS = auto()
    MARKS = auto()
    MEMBERS = auto()
    REQUESTS = auto()


class Obstacle(str):
    """A guard's sentence that names its remedy; a plain sentence has none in the workspace."""

    remedy: Remedy

    def __new__(cls, sentence: str, remedy: Remedy) -> Self:
        made = super().__new__(cls, sentence)
        made.remedy = remedy
        return made
