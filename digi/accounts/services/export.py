"""Everything that Digi holds about a person, for that person: JSON by place, and their own files."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from digi.accounts import holdings
from digi.accounts.holdings import Holding
from digi.accounts.models import User
from digi.audit import services as audit
from digi.files.archives import Entry

_SLASHES = re.compile(r"[/\\]")  # a file's name must not lead out of the folder that somebody unpacks into
PAGE = 500  # rows that are held at a time, and that stand in one file of the archive


@transaction.atomic
def note(*, user: User) -> None:
    """Keep in the audit that the person has taken it away."""
    audit.record(action="person.exported", actor=user, target=audit.target_of(user))


def entries(user: User) -> Iterator[Entry]:
    """The archive's files, made one after the other while they are sent; nothing of it is ever stored.

    Each page is read by queries that end before it is sent: whoever reads slowly holds up nobody.
    """
    index: list[dict[str, Any]] = []
    for holding in holdings.everything():
        if holding.shown is None:
            continue
        count, names = 0, list[str]()
        for rows, shown in _pages(holding, user):
            names.append(f"{holding.name}-{len(names) + 1}.json" if names else f"{holding.name}.json")
            count += len(shown)
            yield _json(names[-1], shown)
            yield from _files(holding, rows)
        index.append(_described(holding, user) | {"count": count, "files": names})
    yield _json("index.json", index)


def _pages(holding: Holding, user: User) -> Iterator[tuple[list[Any], list[dict[str, Any]]]]:
    """The rows of a place, with what is shown of them, a page at a time; the first one even if it is empty."""
    shown = holding.shown
    assert shown is not None  # noqa: S101 - for the type checker
    last, more = 0, True

    while more:
        rows = list(holding.rows(user).filter(pk__gt=last).order_by("pk")[:PAGE])
        yield rows, shown(user, rows) if rows else []
        more = len(rows) == PAGE
        last = rows[-1].pk if more else last


def _files(holding: Holding, rows: list[Any]) -> Iterator[Entry]:
    if holding.file is None:
        return
    for row in rows:
        file = holding.file(row)
        yield Entry(f"{holding.name}/{_SLASHES.sub('_', file.name)}", file.at, file.stored)


def _described(holding: Holding, user: User) -> dict[str, Any]:
    """What it is, and why it is kept when the account is erased; null: it goes."""
    with translation.override(user.language):
        return {"what": str(holding.label), "kept": str(holding.why) or None}


def _json(name: str, content: Any) -> Entry:
    return Entry(name, timezone.now(), json.dumps(content, indent=2, ensure_ascii=False).encode())
