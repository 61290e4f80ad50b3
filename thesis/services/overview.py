"""A thesis on one page, in CommonMark, for people who open what they have taken away. Its words mean themselves."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from thesis.models import ExtensionState, MeetingState, MemberRole, Thesis

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def written(thesis: Thesis, parts: Mapping[str, Any]) -> str:
    """The page; `parts` are those of `dossier` by the names of their files, without the ending."""
    return "\n".join(_lines(thesis, parts)) + "\n"


def _lines(thesis: Thesis, parts: Mapping[str, Any]) -> Iterator[str]:
    described, judged = parts["thesis"], parts["marks"]
    yield f"# {_plain(thesis.title)}"
    yield from ("", f"{_plain(thesis.get_kind_display())} · {_plain(thesis.get_state_display())}")
    dates = ((_("start"), described["start_on"]), (_("due"), described["due_on"]))
    yield from ("", " · ".join(f"{_plain(name)}: {day}" for name, day in dates if day))
    yield from ("", *_quoted(thesis.abstract))
    yield from _list(_("Members"), (_member(row) for row in described["members"]))
    yield from _list(_("Marks"), (f"{_plain(row['student'])}: {row['mark']}" for row in judged["marks"]))
    yield from _list(_("Milestones"), (_ticked(row) for row in parts["milestones"]))
    yield from _list(_("Tasks"), (_ticked(row, row["assignee"]) for row in parts["tasks"]))
    yield from _list(_("Meetings"), (_meeting(row) for row in parts["meetings"]))
    yield from _list(_("Extensions"), (_extension(row) for row in parts["extensions"]))
    yield from _list(_("Timeline"), (_entry(row) for row in parts["timeline"]))
    yield from _talks(parts["talks"])


def _list(title: str, rows: Iterable[str]) -> Iterator[str]:
    """A section; none where nothing stands in it."""
    found = [f"- {row}" for row in rows]
    if found:
        yield from ("", f"## {_plain(title)}", "", *found)


def _talks(talks: list[dict[str, Any]]) -> Iterator[str]:
    if talks:
        yield from ("", f"## {_plain(_('Discussion'))}")
    for talk in talks:
        for comment in talk["comments"]:
            yield from ("", f"**{_plain(comment['by'])}**, {_minute(comment['at'])}", "", *_quoted(comment["text"]))
        yield from ("", "---")


def _member(row: dict[str, Any]) -> str:
    left = f", {_('left')} {row['left_at'][:10]}" if row["left_at"] else ""
    return f"{_plain(row['name'])}, {_plain(MemberRole(row['role']).label)}{left}"


def _ticked(row: dict[str, Any], who: str | None = None) -> str:
    tick = "x" if row["done_at"] else " "
    more = "".join(f", {_plain(word)}" for word in (who, row["due_on"]) if word)
    return f"[{tick}] {_plain(row['title'])}{more}"


def _meeting(row: dict[str, Any]) -> str:
    place = f", {_plain(row['place'])}" if row["place"] else ""
    return f"{_minute(row['starts_at'])}{place}, {_plain(MeetingState(row['state']).label)}"


def _extension(row: dict[str, Any]) -> str:
    return f"{row['due_before']} → {row['due_on']}, {_plain(ExtensionState(row['state']).label)}"


def _entry(row: dict[str, Any]) -> str:
    who = f", {_plain(row['by'])}" if row["by"] else ""
    return f"{_minute(row['at'])}: {_plain(row['title'])}{who}"


def _minute(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC"


def _quoted(text: str) -> list[str]:
    return [f"> {_plain(line)}" for line in text.splitlines()]


def _plain(text: Any) -> str:
    """So that nothing that people have written is taken for markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))
