"""Files move from a folder to a bucket and back, under a server that works."""

from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command

from digi.files.models import StoredFile
from digi.files.services import storage, uploads
from tests.digi.files.conftest import stored
from tests.digi.files.uploading import PAPER, again, begun, kept, sent

pytestmark = pytest.mark.django_db(transaction=True)
CARRIERS = ("s3",)


def moved(*words: str) -> str:
    out = StringIO()
    call_command("move_files", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def before(settings, tmp_path, folder, alice):
    """A folder with a document, a note and half an upload, and the address of a bucket to move to."""
    bucket, settings.DIGI_FILES = settings.DIGI_FILES, tmp_path / "before"
    kept(sent(begun(alice)))
    storage.store(owner=alice, purpose="note", name="a.txt", media_type="text/plain", content=b"words")
    uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    return bucket


def inside(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in stored(folder)}


def test_everything_goes_there_and_comes_back(before, settings, folder, tmp_path):
    source = settings.DIGI_FILES

    there = moved(before, "--check")
    settings.DIGI_FILES = before
    back = moved(str(tmp_path / "after"))

    assert there.startswith("2 files copied, 0 were there.")
    assert back.startswith("2 files copied, 0 were there.")
    assert inside(folder) == inside(source) == inside(tmp_path / "after")


def test_a_half_upload_goes_on_where_it_was_moved_to(before, settings, alice, folder):
    moved(before)
    settings.DIGI_FILES = before
    upload = again(alice.uploads.get())

    file = kept(sent(upload))

    assert (folder / file.path).read_bytes() == PAPER


def test_what_broke_off_goes_on_and_what_came_since_follows(before, settings, alice):
    source = settings.DIGI_FILES
    moved(before)
    storage.store(owner=alice, purpose="note", name="b.txt", media_type="text/plain", content=b"more words")
    settings.DIGI_FILES = before

    assert moved(before, "--from", str(source)).startswith("1 files copied, 2 were there.")


def test_what_is_lost_or_damaged_is_named_and_not_copied(before, settings, folder):
    lost, damaged = StoredFile.objects.order_by("pk")
    (settings.DIGI_FILES / lost.path).unlink()
    (settings.DIGI_FILES / damaged.path).write_bytes(b"wordz")

    with pytest.raises(CommandError, match="2 files could not be copied"):
        moved(before)

    assert [path.parent.parent.name for path in stored(folder)] == ["uploads"]


@pytest.mark.parametrize("word", ["s3://?", "s3://no-such-bucket"])
def test_a_place_that_takes_nothing_is_refused_in_words(before, settings, s3, word):
    with pytest.raises(CommandError, match="bucket"):
        moved(f"{word}?endpoint={s3.server.endpoint}")


def test_a_place_is_not_moved_to_itself(before, settings):
    with pytest.raises(CommandError, match="where the files are"):
        moved(str(settings.DIGI_FILES))
