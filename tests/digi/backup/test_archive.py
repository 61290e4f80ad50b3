"""The file itself: whatever happens to it is seen before anything of it is believed."""

import os
from datetime import UTC, datetime
from io import BytesIO

import msgspec
import pytest

from digi.management.backup import archive
from digi.management.backup.archive import Damaged, Writer
from digi.management.backup.manifest import Manifest, NotUnderstood, Table
from tests.digi.backup.reading import places

MANIFEST = Manifest(
    digi="0.1.0",
    at=datetime(2026, 11, 21, tzinfo=UTC),
    database="sqlite",
    migrations=[("chat", "0001_first")],
    tables=[Table("chat.room", ["id"], 2)],
    files=1,
    size=3_000_000,
    keys=["12345678"],
    sealed=[],
)
ROWS, FILE = "rows/chat.room/000001.jsonl.gz", "files/document/ab/abc"


@pytest.fixture
def path(tmp_path):
    with (tmp_path / "digi.tar").open("wb") as out:
        writer = Writer(out, MANIFEST)
        writer.add(ROWS, b"[1]\n[2]")
        writer.copy(FILE, BytesIO(b"file" * 750_000), 3_000_000)
        writer.close([])
    return tmp_path / "digi.tar"


def test_archive_is_read_as_it_was_written(path):
    manifest, end = archive.verify(path)

    assert (manifest, end.parts, end.absent) == (MANIFEST, 3, [])
    assert [(name, source.read(), size) for name, source, size in archive.parts(path, "rows/")] == [
        (ROWS, b"[1]\n[2]", 7)
    ]


@pytest.mark.parametrize("part", ["manifest.json", ROWS, FILE, "lists/000001.jsonl", "end.json"])
def test_a_bit_that_was_flipped_is_seen_in_every_part(path, part):
    start, size = places(path)[part]
    content = bytearray(path.read_bytes())
    content[start + size // 2] ^= 1
    path.write_bytes(content)

    with pytest.raises(Damaged):
        archive.verify(path)


def test_damage_names_the_part(path):
    start, _size = places(path)[FILE]
    content = bytearray(path.read_bytes())
    content[start + 2_000_000] ^= 128
    path.write_bytes(content)

    with pytest.raises(Damaged, match=f"^{FILE} is not what was written"):
        archive.verify(path)


def test_a_header_that_was_changed_is_seen(path):
    start, _size = places(path)[FILE]
    content = bytearray(path.read_bytes())
    content[start - 512] ^= 1  # the first letter of its name
    path.write_bytes(content)

    with pytest.raises(Damaged):
        archive.verify(path)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.9967])
def test_an_archive_that_was_cut_off_is_seen(path, share):
    os.truncate(path, int(path.stat().st_size * share))

    with pytest.raises(Damaged):
        archive.verify(path)


def test_parts_that_changed_places_are_seen(tmp_path):
    path = tmp_path / "digi.tar"
    with path.open("wb") as out:
        writer = Writer(out, MANIFEST)
        writer.add("a", b"1")
        writer.add("b", b"2")
        writer.close([])
    start = places(path)["a"][0] - 512
    content = path.read_bytes()
    one, other = content[start : start + 1024], content[start + 1024 : start + 2048]
    path.write_bytes(content[:start] + other + one + content[start + 2048 :])

    assert list(places(path)) == ["manifest.json", "b", "a", "lists/000001.jsonl", "end.json"]
    with pytest.raises(Damaged):
        archive.verify(path)


def test_what_is_no_archive_is_said_to_be_none(tmp_path):
    (tmp_path / "letter").write_text("Dear Bob, " * 200)

    with pytest.raises(Damaged):
        archive.verify(tmp_path / "letter")


def test_archive_of_a_later_format_names_its_release(tmp_path):
    later = msgspec.structs.replace(MANIFEST, format=2, digi="9.0.0")
    with (tmp_path / "digi.tar").open("wb") as out:
        Writer(out, later).close([])

    with pytest.raises(NotUnderstood, match=r"made by Digi 9\.0\.0"):
        archive.verify(tmp_path / "digi.tar")


def test_many_parts_have_several_lists(tmp_path):
    with (tmp_path / "digi.tar").open("wb") as out:
        writer = Writer(out, MANIFEST)
        for number in range(2500):
            writer.add(f"files/{number}", b"%d" % number)
        writer.close([])

    assert archive.verify(tmp_path / "digi.tar")[1].parts == 2501
    assert [name for name in places(tmp_path / "digi.tar") if name.startswith("lists/")] == [
        f"lists/00000{number}.jsonl" for number in (1, 2, 3)
    ]


def test_a_file_that_ends_too_soon_is_no_archive(tmp_path):
    with (tmp_path / "digi.tar").open("wb") as out:
        writer = Writer(out, MANIFEST)

        with pytest.raises(OSError, match="unexpected end of data"):
            writer.copy(FILE, BytesIO(b"short"), 3_000_000)
