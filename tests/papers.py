"""PDF files, office documents and archives for uploads, made as they are needed."""

import zipfile
from io import BytesIO

from pypdf import PdfReader, PdfWriter

OOXML = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def pdf(*pages: str, title: str = "A thesis") -> bytes:
    """A PDF of these pages, a line of Helvetica for each line of text; Latin letters only."""
    texts = pages or ("Hello",)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(texts)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(texts)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, text in enumerate(texts):
        content = _drawn(text)
        box = "/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R{box}/Contents {5 + 2 * number} 0 R>>".encode())
        objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(content), content))
    objects.append(f"<</Title({title})>>".encode("cp1252"))
    return _file(objects)


def _drawn(text: str) -> bytes:
    shown = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    lines = " ".join(f"({line}) Tj T*" for line in shown.split("\n"))
    return f"BT /F1 12 Tf 14 TL 72 770 Td {lines} ET".encode("cp1252")


def _file(objects: list[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    out += b"trailer\n<</Size %d/Root 1 0 R/Info %d 0 R>>\n" % (size, size - 1)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def encrypted_pdf(user_password: str = "secret") -> bytes:
    writer = PdfWriter(PdfReader(BytesIO(pdf())))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(entries: dict[str, bytes] | None = None, *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", packing) as file:
        for name, content in (entries if entries is not None else {"data/a.csv": b"1,2\n" * 50}).items():
            file.writestr(name, content)
    return out.getvalue()


def bomb(megabytes: int = 64) -> bytes:
    """An archive of zeros that unpack to a thousand times its size."""
    return archive({"zeros": bytes(megabytes * 1_048_576)})


def docx(*paragraphs: str, **more: bytes) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    parts = {"[Content_Types].xml": OOXML.encode(), "word/document.xml": document.encode()}
    return archive(parts | {f"word/{name}.bin": content for name, content in more.items()})


def odt(*paragraphs: str, manifest: str = "<manifest/>") -> bytes:
    body = "".join(f"<text:p>{text}</text:p>" for text in paragraphs)
    content = f'<office:document-content xmlns:office="{OFFICE}" xmlns:text="{TEXT}">{body}</office:document-content>'
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": content.encode(),
        "META-INF/manifest.xml": manifest.encode(),
    }
    return archive(parts, packing=zipfile.ZIP_STORED)
