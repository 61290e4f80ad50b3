"""PDF files (ISO 32000): whole, open to everybody, and what stands in them."""

import logging
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

from pypdf import PageObject, PdfReader

from digi.files.examiner.verdicts import Refused
from digi.files.examiner.words import storable

PAGES = 5000
END = 4096  # bytes at the end, among which the mark must stand; readers tolerate some noise behind it
LETTERS = 5_000_000  # of a text that is kept
FONTS = 300
FACT = 300  # characters of one line of metadata
_EMBEDDED = {"/FontFile", "/FontFile2", "/FontFile3"}


def check(file: BinaryIO, ending: str) -> dict[str, Any]:
    """The number of pages of a file that opens without a password and ends where it should."""
    reader = _opened(file)
    pages = len(reader.pages)
    if not pages:
        raise Refused("corrupt")
    if pages > PAGES:
        raise Refused("too_many_pages", count=pages, limit=PAGES)
    for page in reader.pages:
        page.get_contents()
    return {"pages": pages}


def read(file: BinaryIO, ending: str) -> dict[str, Any]:
    """Text (a form feed between pages), fonts, metadata, and what an examiner or an archive may stumble over."""
    reader = _opened(file)
    texts: list[str] = []
    fonts: dict[str, bool] = {}
    unreadable = letters = 0
    for page in reader.pages[:PAGES]:
        try:
            text = storable(page.extract_text()).strip()
            fonts |= dict(_fonts(page))
        except MemoryError:
            raise
        except Exception:  # one page that cannot be read must not take the others with it
            text, unreadable = "", unreadable + 1
        letters += len(text) + 1
        if letters > LETTERS:
            break
        texts.append(text)
    metadata = _metadata(reader)
    return {
        "text": "\f".join(texts),
        "fonts": [{"name": name, "embedded": fonts[name]} for name in sorted(fonts)[:FONTS]],
        "metadata": metadata,
        "findings": list(_findings(reader, texts, fonts, metadata, unreadable)),
    }


def _opened(file: BinaryIO) -> PdfReader:
    logging.disable()  # pypdf tells the log of every oddity
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - END))
    if b"%%EOF" not in file.read(END):
        raise Refused("corrupt")

    file.seek(0)
    reader = PdfReader(file)
    if reader.is_encrypted:
        raise Refused("encrypted")
    return reader


def _fonts(page: PageObject) -> Iterator[tuple[str, bool]]:
    """Name of each font of the page, and whether the file brings it along."""
    for resources in _resources(page, depth=2):
        for font in _held(resources, "/Font").values():
            yield _font(font.get_object())


def _resources(holder: Any, depth: int) -> Iterator[Any]:
    """The resources of a page and of the forms drawn on it."""
    resources = _held(holder, "/Resources")
    yield resources
    for drawn in _held(resources, "/XObject").values() if depth else ():
        form = drawn.get_object()
        if form.get("/Subtype") == "/Form":
            yield from _resources(form, depth - 1)


def _font(font: Any) -> tuple[str, bool]:
    name = _plain(font.get("/BaseFont") or font.get("/Name") or "?").lstrip("/")
    name = name[7:] if name[6:7] == "+" else name  # the tag of a subset
    if font.get("/Subtype") == "/Type3":
        return name, True
    if "/DescendantFonts" in font:
        font = font["/DescendantFonts"][0]
    return name, bool(_EMBEDDED.intersection(_held(font, "/FontDescriptor")))


def _held(holder: Any, name: str) -> Any:
    """The dictionary of this name, wherever it is written; an empty one where there is none."""
    if name not in holder:
        return {}
    found = holder[name]  # unlike `get`, this follows references
    return found if isinstance(found, dict) else {}


def _metadata(reader: PdfReader) -> dict[str, str]:
    try:
        found: Any = reader.metadata or {}
    except Exception:  # a broken information dictionary is an absent one
        return {}
    names = {"title": "/Title", "author": "/Author", "creator": "/Creator", "producer": "/Producer"}
    plain = {ours: _plain(found.get(theirs)) for ours, theirs in names.items()}
    return {name: text for name, text in plain.items() if text}


def _plain(value: Any) -> str:
    return " ".join(storable(str(value if value is not None else "")).split())[:FACT]


def _findings(
    reader: PdfReader, texts: list[str], fonts: dict[str, bool], metadata: dict[str, str], unreadable: int
) -> Iterator[str]:
    if not all(fonts.values()):
        yield "fonts_not_embedded"
    if "title" not in metadata:
        yield "no_title"
    if not any(text.strip() for text in texts):
        yield "no_text"
    if unreadable:
        yield "unreadable_pages"
    names, action = _held(reader.root_object, "/Names"), _held(reader.root_object, "/OpenAction")
    if "/JavaScript" in names or "/JS" in action or "/AA" in reader.root_object:
        yield "active_content"
    if "/EmbeddedFiles" in names:
        yield "attachments"
