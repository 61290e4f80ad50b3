"""Small papers for the demo: PDF files with a heading and some lines on each page, made without a library."""

LINE = 18  # points
LINES = 38  # on a page


def pdf(title: str, lines: list[str]) -> bytes:
    """A PDF 1.4 of A4 pages; letters outside Latin-1 become question marks."""
    pages = [lines[start : start + LINES] for start in range(0, max(len(lines), 1), LINES)]
    first = 4  # 1 the catalogue, 2 the tree of pages, 3 the font, then two objects a page
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, page in enumerate(pages):
        text = _text(title if n == 0 else "", page)
        box = "/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {first + 2 * n + 1} 0 R >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
    return _file(objects)


def _text(title: str, lines: list[str]) -> bytes:
    shown = [f"BT /F1 16 Tf 56 780 Td ({_escaped(title)}) Tj ET"] if title else []
    for n, line in enumerate(lines):
        shown.append(f"BT /F1 11 Tf 56 {740 - LINE * n} Td ({_escaped(line)}) Tj ET")
    return "\n".join(shown).encode("latin-1", "replace")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _file(objects: list[bytes]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + end
