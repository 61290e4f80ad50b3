"""What an examiner says of a file it does not like."""

from typing import Any


class Refused(Exception):
    """The file is not taken; `code` says why, `facts` are numbers for the sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
