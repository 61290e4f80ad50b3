"""What examiners find in files, and what they refuse: each in a process that has nothing to lose."""

import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from io import BytesIO

import pytest

from digi.errors import Invalid, TooLarge, Unavailable
from digi.files import kinds
from digi.files.services import examination
from tests.papers import archive, bomb, docx, encrypted_pdf, odt, pdf
from tests.pictures import picture


@pytest.fixture
def lying(tmp_path):
    """A file of this content; its name says the kind."""

    def make(name: str, content: bytes):
        path = tmp_path / name
        path.write_bytes(content)
        return {"path": path, "kind": kinds.named(name)}

    return make


# What may be kept


@pytest.mark.parametrize(
    ("name", "content", "facts"),
    [
        ("a.pdf", pdf("one", "two", "three"), {"pages": 3}),
        ("a.zip", archive(), {}),
        ("a.docx", docx("Hello"), {}),
        ("a.odt", odt("Hello"), {}),
        ("a.png", picture("PNG"), {"width": 640, "height": 480}),
        ("a.jpg", picture("JPEG"), {"width": 640, "height": 480}),
        ("a.webp", picture("WEBP"), {"width": 640, "height": 480}),
        ("a.gif", picture("GIF"), {"width": 640, "height": 480}),
    ],
)
def test_check_lets_good_files_pass(lying, name, content, facts):
    assert examination.check(**lying(name, content)) == facts


# What may not


def broken_in_the_middle(content: bytes, place: int) -> bytes:
    return content[:place] + bytes(byte ^ 0xFF for byte in content[place : place + 8]) + content[place + 8 :]


def many_entries() -> bytes:
    return archive(dict.fromkeys((f"{number}" for number in range(10_001)), b""), packing=zipfile.ZIP_STORED)


def with_password() -> bytes:
    """The flag that says so, in the entry's header and in the directory."""
    content = bytearray(archive({"secret.txt": b"words"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    return bytes(content)


def lying_about_its_size() -> bytes:
    """64 MB of zeros that say they are 1 000 bytes."""
    content = bytearray(bomb())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(mark) + place
        content[start : start + 4] = struct.pack("<I", 1000)
    return bytes(content)


def without_pages() -> bytes:
    return pdf().replace(b"/Kids[4 0 R]/Count 1", b"/Kids[     ]/Count 0")


def huge_png(side: int = 60_000) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + header + struct.pack(">I", zlib.crc32(header)) + b"\0\0\0\x0aIDAT" + bytes(20)


WHOLE = pdf(*(f"page {number}" for number in range(30)))
RANDOM = bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("name", "content", "kind", "code"),
    [
        ("cut.pdf", WHOLE[: len(WHOLE) // 2], Invalid, "corrupt"),
        ("cut-at-the-end.pdf", WHOLE[:-8], Invalid, "corrupt"),
        ("head.pdf", b"%PDF-1.7\n%%EOF\n", Invalid, "corrupt"),
        ("html.pdf", b"%PDF-<html><script>alert(1)</script></html>%%EOF", Invalid, "corrupt"),
        ("pageless.pdf", without_pages(), Invalid, "corrupt"),
        ("locked.pdf", encrypted_pdf(), Invalid, "encrypted"),
        ("restricted.pdf", encrypted_pdf(""), Invalid, "encrypted"),
        ("cut.zip", archive()[:-10], Invalid, "corrupt"),
        ("broken.zip", broken_in_the_middle(archive({"a": RANDOM}, packing=0), 500), Invalid, "corrupt"),
        ("empty.zip", archive({}), Invalid, "empty_archive"),
        ("folders.zip", archive({"a/": b""}), Invalid, "empty_archive"),
        ("bomb.zip", bomb(), TooLarge, "archive_bomb"),
        ("liar.zip", lying_about_its_size(), Invalid, "corrupt"),
        ("crowd.zip", many_entries(), TooLarge, "too_many_entries"),
        ("locked.zip", with_password(), Invalid, "encrypted"),
        ("slip.zip", archive({"../../etc/passwd": b"x"}), Invalid, "unsafe_names"),
        ("slip2.zip", archive({"C:\\windows\\x": b"x"}), Invalid, "unsafe_names"),
        ("plain.docx", archive(), Invalid, "mislabelled"),
        ("odt.docx", odt("x"), Invalid, "mislabelled"),
        ("docx.odt", docx("x"), Invalid, "mislabelled"),
        ("macros.docx", docx("x", vbaProject=b"x"), Invalid, "macros"),
        ("bomb.docx", bomb(), TooLarge, "archive_bomb"),
        ("locked.odt", odt("x", manifest="<manifest:encryption-data/>"), Invalid, "encrypted"),
        ("cut.png", picture("PNG")[:-200], Invalid, "corrupt"),
        ("cut.jpg", picture("JPEG")[:400], Invalid, "corrupt"),
        ("huge.png", huge_png(), TooLarge, "too_many_pixels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_check_refuses_with_a_sentence_and_a_code(lying, name, content, kind, code):
    with pytest.raises(kind) as raised:
        examination.check(**lying(name, content))

    assert raised.value.code == code
    assert str(raised.value.message).endswith(".")


# What cannot be known beforehand


def endless_pdf() -> bytes:
    """A hundred million dots to be drawn and read, packed very small."""
    content = zlib.compress(b"BT /F1 12 Tf 72 770 Td " + b"(.) Tj " * 9_000_000 + b"ET")
    old = pdf("x")
    start, end = old.index(b"<</Length"), old.index(b"endstream")
    return old[:start] + b"<</Length %d/Filter/FlateDecode>>stream\n%b\n" % (len(content), content) + old[end:]


def test_reading_ends_when_its_time_or_memory_is_over(lying, monkeypatch):
    monkeypatch.setattr(examination, "READING", 1)
    began = time.monotonic()

    with pytest.raises(Invalid) as raised:
        examination.read(**lying("endless.pdf", endless_pdf()))

    assert raised.value.code in {"exhausting", "corrupt"}
    assert time.monotonic() - began < 60


CONFINED = """
from digi.files.examiner.confinement import confine
confine(1)
try:
    bytearray(2_000_000_000)
except MemoryError:
    print("memory", end=" ", flush=True)
while True:
    pass
"""


def test_confined_process_has_neither_memory_nor_time_to_spare():
    ended = subprocess.run([sys.executable, "-c", CONFINED], capture_output=True, timeout=90, check=False)

    assert ended.stdout == b"memory "
    assert ended.returncode < 0


def test_examiner_is_told_no_secret(lying, monkeypatch):
    told = {}

    def run(arguments, *, env, stdout, **options):
        told.update(env)
        stdout.write(b'{"ok": {}}')
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.setattr(subprocess, "run", run)

    examination.check(**lying("a.zip", archive()))

    assert [name for name in told if name.startswith("DIGI_")] == []


def test_whoever_finds_no_seat_may_come_again(lying, monkeypatch):
    monkeypatch.setattr(examination, "_seats", threading.BoundedSemaphore(1))
    monkeypatch.setattr(examination, "PATIENCE", 0.01)

    with examination._seat(), pytest.raises(Unavailable) as raised:
        examination.check(**lying("a.zip", archive()))

    assert (raised.value.code, raised.value.extra) == ("examiners_busy", {"retry_after": 10})
    assert examination.check(**lying("a.zip", archive())) == {}


# What is read


def test_read_finds_text_pages_fonts_and_metadata(lying):
    found = examination.read(**lying("a.pdf", pdf("First page", "Second\npage", title="On ropes")))

    assert found.text == "First page\fSecond\npage"
    assert found.fonts == [{"name": "Helvetica", "embedded": False}]
    assert found.metadata == {"title": "On ropes"}
    assert found.findings == ["fonts_not_embedded"]


def test_read_says_what_an_archive_would_stumble_over(lying):
    content = pdf("", title="").replace(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.beep\\(\\))>>>>",
    )

    found = examination.read(**lying("a.pdf", content))

    assert found.findings == ["fonts_not_embedded", "no_title", "no_text", "active_content"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.docx", docx("One.", "Zwei &amp; drei.")), ("a.odt", odt("One.", "Zwei &amp; drei."))]
)
def test_read_finds_the_paragraphs_of_office_documents(lying, name, content):
    assert examination.read(**lying(name, content)).text == "One.\nZwei & drei."


def test_read_bounds_what_entities_grow_to(lying):
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE x [<!ENTITY a0 "ha">{levels}]><w:p xmlns:w="w">&a11;</w:p>'
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", "")
        file.writestr("word/document.xml", laughs)

    with pytest.raises(Invalid) as raised:
        examination.read(**lying("laughs.docx", out.getvalue()))

    assert raised.value.code in {"corrupt", "exhausting"}


def test_pictures_and_archives_hold_no_text(lying):
    assert examination.read(**lying("a.zip", archive())) == ("", [], {}, [])
