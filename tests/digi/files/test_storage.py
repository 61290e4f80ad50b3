import os
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from digi.files import carriers
from digi.files.models import StoredFile
from digi.files.services import orphans, storage, uploads
from tests.digi.files.conftest import BOTH, ON_A_FOLDER, stored
from tests.digi.files.uploading import PAPER, begun

CARRIERS = BOTH


def keep(owner, content=b"words"):
    return storage.store(owner=owner, purpose="note", name="note.txt", media_type="text/plain", content=content)


@contextmanager
def undone():
    """A transaction, or a savepoint, that is rolled back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_store_keeps_bytes_and_row_together(alice, folder):
    file = keep(alice)

    assert (folder / file.path).read_bytes() == b"words"
    assert stored(folder) == [folder / file.path]
    assert (file.size, file.sha256) == (5, sha256(b"words").hexdigest())
    assert StoredFile.objects.get() == file


@pytest.mark.django_db(transaction=True)
@ON_A_FOLDER
def test_store_lets_nobody_else_on_the_machine_read(alice, folder):
    path = folder / keep(alice).path

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db(transaction=True)
def test_store_leaves_nothing_when_the_transaction_around_it_fails(alice, folder):
    with undone():
        keep(alice)
        assert len(stored(folder)) == 1

    assert stored(folder) == []
    assert not StoredFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_store_leaves_nothing_when_only_its_savepoint_fails(alice, folder):
    with transaction.atomic():
        kept = keep(alice, b"kept")
        with undone():
            keep(alice, b"lost")

    assert stored(folder) == [folder / kept.path]


@pytest.mark.django_db(transaction=True)
def test_store_leaves_nothing_when_the_row_cannot_be_written(alice, folder):
    alice.delete()

    with pytest.raises(IntegrityError):
        keep(alice)

    assert stored(folder) == []


@pytest.mark.django_db(transaction=True)
def test_remove_takes_the_bytes_with_the_commit(alice, folder):
    file = keep(alice)

    with transaction.atomic():
        storage.remove(file=file)
        assert len(stored(folder)) == 1

    assert stored(folder) == []


@pytest.mark.django_db(transaction=True)
def test_remove_keeps_the_bytes_when_it_is_taken_back(alice, folder):
    file = keep(alice)

    with undone():
        storage.remove(file=file)

    assert len(stored(folder)) == 1
    assert StoredFile.objects.count() == 1


# A commit of which nobody knows, and the sweep


@contextmanager
def lost(monkeypatch, *, kept: bool):
    """The connection ends while a commit is on its way: before the database has `kept` it, or after."""
    own = connection.commit

    def commit() -> None:
        if kept:
            own()
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "commit", commit)
        yield


@pytest.mark.django_db(transaction=True)
def test_bytes_stay_when_the_commit_was_kept_and_its_answer_lost(alice, folder, monkeypatch):
    with lost(monkeypatch, kept=True), pytest.raises(OperationalError):
        keep(alice)

    file = StoredFile.objects.get()
    assert (folder / file.path).read_bytes() == b"words"


@pytest.mark.django_db(transaction=True)
def test_bytes_of_a_commit_that_was_not_kept_go_with_the_sweep(alice, folder, monkeypatch):
    stays = keep(alice)
    uploads.write(upload=begun(alice), by=alice, start=0, body=BytesIO(PAPER[:1000]))
    with lost(monkeypatch, kept=False), pytest.raises(OperationalError):
        keep(alice)
    assert (StoredFile.objects.get(), len(stored(folder))) == (stays, 3)

    assert uploads.sweep() == 0
    monkeypatch.setattr(uploads, "LIFETIME", timedelta(seconds=-5))
    assert uploads.sweep() == 1

    assert len(stored(folder)) == 2
    assert (folder / stays.path).exists()


@pytest.mark.django_db(transaction=True)
@ON_A_FOLDER
def test_a_file_is_as_old_as_its_place(alice, folder):
    draft = carriers.current().draft("note/draft.part")
    draft.write_bytes(b"words")
    os.utime(draft, (0, 0))
    staged = storage.stage(purpose="note", source=draft, size=5, digest=sha256(b"words").hexdigest())

    storage.adopt(owner=alice, name="note.txt", media_type="text/plain", staged=staged)
    StoredFile.objects.all().delete()

    assert orphans.sweep(before=timezone.now() - timedelta(days=1)) == 0
    assert len(stored(folder)) == 1


@pytest.mark.django_db(transaction=True)
@ON_A_FOLDER
def test_the_sweep_of_a_folder_takes_only_what_is_old_ours_and_without_a_row(alice, folder):
    old = [folder / keep(alice).path, *(folder / key for key in ("recordings/" + "0" * 32 + "/1.mp4", "note/a.part"))]
    orphan = folder / "note" / "ab" / ("0" * 32)
    fresh = folder / "note" / "ab" / ("1" * 32)
    for path in (*old, orphan, fresh):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for path in (*old, orphan):
        os.utime(path, (0, 0))

    assert orphans.sweep(before=timezone.now() - timedelta(days=1)) == 1

    assert set(stored(folder)) == {*old, fresh}
