"""Action items in minutes: `- [ ] @alice Repeat the lossy run until 2026-12-01`. Name and day may be left out."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from digi.accounts.names import user_name

TITLE = 200  # characters of a task's title
FIRST, LAST = 1970, 2199  # years

_ITEM = re.compile(r"^\s{0,8}[-*] \[ \][ \t]+(?:@(?P<who>[\w.+-]+)[ \t]+)?(?P<what>\S[^\n]*?)[ \t]*$", re.MULTILINE)
_UNTIL = re.compile(r"^(?P<what>.*\S)[ \t]+(?:until|by|bis)[ \t]+(?P<day>\d{4}-\d{2}-\d{2})[.!]?$")


@dataclass(frozen=True, slots=True)
class Item:
    """`username` is empty where nobody is named."""

    title: str
    username: str
    due_on: date | None


def found_in(minutes: str) -> Iterator[Item]:
    """The open ones, in their order; those that are ticked (`[x]`) are none."""
    composed = unicodedata.normalize("NFC", minutes)  # letters, not marks behind letters
    for line in _ITEM.finditer(composed.replace("\r\n", "\n")):
        until = _UNTIL.match(line["what"])
        day = _day(until["day"]) if until else None
        title = until["what"] if until and day else line["what"]
        yield Item(title[:TITLE].rstrip(), user_name(line["who"] or ""), day)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day.year <= LAST else None
