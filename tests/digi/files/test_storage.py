from contextlib import contextmanager
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from digi.files.models import StoredFile
from digi.files.services import storage
from tests.digi.files.conftest import stored


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

    assert storage.path_of(file).read_bytes() == b"words"
    assert stored(folder) == [storage.path_of(file)]
    assert (file.size, file.sha256) == (5, sha256(b"words").hexdigest())
    assert StoredFile.objects.get() == file


@pytest.mark.django_db(transaction=True)
def test_store_lets_nobody_else_on_the_machine_read(alice):
    path = storage.path_of(keep(alice))

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

    assert stored(folder) == [storage.path_of(kept)]


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
