"""What Digi holds about people, place by place: one list for taking it away, for an erasure, and for its preview.

Each app registers its places at start-up. What is registered last is forgotten first, since it stands on what was there
before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from digi.accounts.models import User
from digi.errors import Sentence
from digi.files.models import StoredFile


class OwnFile(NamedTuple):
    """A stored file that belongs to a row; `name` is its path within its place."""

    name: str
    at: datetime
    stored: StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Rows about a person, of one model.

    `name` is the path in the archive, `label` what it is in words. `why` says why it outlives the account, under a name
    that says nothing; where it is empty, the rows go: by `forget`, which leaves none of them, or as they are.
    `lock` locks what `forget` changes and writes into the audit: whoever locks both has the rows first, everywhere.
    `shown` makes plain JSON of some of them, for the person alone and without what they may not read about others;
    nothing is shown of secrets, and of what another place shows already.
    """

    name: str
    label: Sentence
    rows: Callable[[User], "QuerySet[Any]"]
    shown: Callable[[User, Sequence[Any]], list[dict[str, Any]]] | None = None
    file: Callable[[Any], OwnFile] | None = None
    why: Sentence = ""
    forget: Callable[[User], object] | None = None
    lock: Callable[[User], object] | None = None

    @property
    def goes(self) -> bool:
        return not self.why


_holdings: dict[str, Holding] = {}


def register(*holdings: Holding) -> None:
    _holdings.update({holding.name: holding for holding in holdings})


def everything() -> tuple[Holding, ...]:
    """Every place, in the order of registration."""
    return tuple(_holdings.values())
