"""Theses as BibTeX, for the lists of references of others."""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from thesis.models import Kind, MemberRole
from thesis.services.catalogue import Line
from thesis.services.sheets import encoded

ENTRIES = {Kind.MASTER: "mastersthesis", Kind.DOCTORAL: "phdthesis"}
DEGREES = {Kind.BACHELOR: "Bachelor's thesis", Kind.PROJECT: "Project report"}

# BibTeX counts braces, also those behind a backslash: what stands for a brace must not hold a single one.
_ESCAPES = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        '"': r"{\textquotedbl}",
    }
    | {sign: rf"\{sign}" for sign in "%#$&_"}
)
_SPLITS = re.compile(r",|(^|\s)(and|others)(\s|$)", re.IGNORECASE)


def write(lines: Iterable[Line], out: BinaryIO) -> None:
    """An entry for each thesis, in UTF-8. Its key is made of the public id, so that it stays whatever is corrected."""
    with encoded(out, "utf-8") as text:
        for line in lines:
            kind = Kind(line.thesis.kind)
            fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in _fields(line, kind) if value)
            text.write(f"@{ENTRIES.get(kind, 'misc')}{{digi-{line.thesis.uuid.hex},\n{fields},\n}}\n\n")


def _fields(line: Line, kind: Kind) -> Iterator[tuple[str, str]]:
    """A title's second braces keep the case of its letters."""
    thesis, school = line.thesis, _escaped(line.thesis.programme.department.name)
    yield "author", " and ".join(_name(str(user)) for user in line.people(MemberRole.STUDENT))
    yield "title", f"{{{_escaped(thesis.title)}}}"
    if kind in ENTRIES:
        yield "school", school
    else:
        yield "howpublished", f"{DEGREES[kind]}, {school}"
    day = thesis.submitted_at or thesis.due_on or thesis.start_on or thesis.created_at
    yield "year", f"{day:%Y}"
    yield "language", thesis.language
    yield "abstract", _escaped(thesis.abstract)


def _name(name: str) -> str:
    """A name that BibTeX would take for several, or for one turned around, is held together by braces."""
    return f"{{{_escaped(name)}}}" if _SPLITS.search(name) else _escaped(name)


def _escaped(text: str) -> str:
    return " ".join(text.split()).translate(_ESCAPES)
