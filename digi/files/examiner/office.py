"""Office documents (OOXML, ISO/IEC 29500, and ODF, ISO/IEC 26300): archives with a known inside and no macros."""

import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

from digi.files.examiner import archive
from digi.files.examiner.verdicts import Refused
from digi.files.examiner.words import storable

MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
ODF_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
MANIFEST = 4_194_304  # bytes of an ODF manifest that are looked at
LETTERS = 5_000_000  # of a text that is kept

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_PARAGRAPHS = {f"{_W}p", f"{_T}p", f"{_T}h"}


def check(file: BinaryIO, ending: str) -> dict[str, Any]:
    with archive.opened(file) as document:
        names = set(document.namelist())
        if not _is(document, names, ending):
            raise Refused("mislabelled")
        if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names):
            raise Refused("macros")
        if document.testzip() is not None:
            raise Refused("corrupt")
    return {}


def read(file: BinaryIO, ending: str) -> dict[str, Any]:
    """The text of a DOCX or ODT, a line a paragraph; other office documents keep theirs to themselves."""
    part = {"docx": MAIN_PARTS["docx"], "odt": "content.xml"}.get(ending)
    if part is None:
        return {"text": "", "fonts": [], "metadata": {}, "findings": []}

    with archive.opened(file) as document, document.open(part) as content:
        text = storable(_cut(_paragraphs(content)))
    return {"text": text, "fonts": [], "metadata": {}, "findings": [] if text.strip() else ["no_text"]}


def _is(document: zipfile.ZipFile, names: set[str], ending: str) -> bool:
    if ending in MAIN_PARTS:
        return {"[Content_Types].xml", MAIN_PARTS[ending]} <= names
    if "mimetype" not in names or not {"content.xml", "META-INF/manifest.xml"} <= names:
        return False
    with document.open("META-INF/manifest.xml") as manifest:
        if b"encryption-data" in manifest.read(MANIFEST):
            raise Refused("encrypted")
    with document.open("mimetype") as mimetype:
        return mimetype.read(200).strip() == ODF_TYPES[ending]


def _paragraphs(content: IO[bytes]) -> Iterator[str]:
    for _event, element in ET.iterparse(content):  # noqa: S314 - expat bounds entities, and this process is confined
        if element.tag in _PARAGRAPHS:
            yield " ".join("".join(element.itertext()).split()) if element.tag.startswith(_T) else _words(element)
            element.clear()


def _words(paragraph: ET.Element) -> str:
    parts = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        elif element.tag in {f"{_W}tab", f"{_W}br"}:
            parts.append(" ")
    return "".join(parts)


def _cut(lines: Iterator[str]) -> str:
    kept, letters = [], 0
    for line in lines:
        letters += len(line) + 1
        if letters > LETTERS:
            break
        kept.append(line)
    return "\n".join(kept)
