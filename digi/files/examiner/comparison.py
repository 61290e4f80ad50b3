"""What changed between two texts: by sentences first, which line breaks do not disturb, then by words within them."""

import json
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, BinaryIO, NamedTuple

from digi.files.examiner.verdicts import Refused

CHANGES = 2000  # in one answer
LONGEST = 3000  # words of a changed passage that are compared one by one
_END = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n|\f")
_HYPHEN = re.compile(r"(?<=\w)-\n(?=[a-zäöüß])")

Piece = tuple[str, str]  # "same", "old" or "new", and its words


class Sentence(NamedTuple):
    text: str
    page: int


def compare(file: BinaryIO, ending: str) -> dict[str, Any]:
    """The changes between `{"before": …, "after": …}`, each with the page it starts on and its words in pieces."""
    texts = json.load(file)
    before, after = sentences(texts["before"]), sentences(texts["after"])
    found = list(_changes(before, after))
    if len(found) > CHANGES:
        raise Refused("too_many_changes", count=len(found), limit=CHANGES)
    return {"changes": found, "words": {"before": _count(before), "after": _count(after)}}


def sentences(text: str) -> list[Sentence]:
    """Sentences in order; a form feed starts a new page, and a word divided at a line's end is whole again."""
    found = []
    for number, page in enumerate(text.split("\f"), 1):
        for part in _END.split(_HYPHEN.sub("", page)):
            if words := " ".join(part.split()):
                found.append(Sentence(words, number))
    return found


def _changes(before: list[Sentence], after: list[Sentence]) -> Iterator[dict[str, Any]]:
    matcher = SequenceMatcher(None, [one.text for one in before], [one.text for one in after])
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        old, new = before[start:end], after[new_start:new_end]
        yield {
            "before_page": old[0].page if old else _page_at(before, start),
            "after_page": new[0].page if new else _page_at(after, new_start),
            "pieces": list(_pieces(_words(old), _words(new))),
        }


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    if len(old) > LONGEST or len(new) > LONGEST:
        yield from _both(old, new)
        return
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", " ".join(old[start:end])
        else:
            yield from _both(old[start:end], new[new_start:new_end])


def _both(old: list[str], new: list[str]) -> Iterator[Piece]:
    if old:
        yield "old", " ".join(old)
    if new:
        yield "new", " ".join(new)


def _words(found: list[Sentence]) -> list[str]:
    return [word for sentence in found for word in sentence.text.split()]


def _page_at(found: list[Sentence], place: int) -> int:
    """Where something is missing: the page of what comes next, or the last one."""
    if not found:
        return 1
    return found[min(place, len(found) - 1)].page


def _count(found: list[Sentence]) -> int:
    return sum(len(sentence.text.split()) for sentence in found)
