"""Alice and Bob, who have talked; a place for archives, and an empty database of the same kind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from chat.services import messages, rooms
from digi.files.services import storage
from tests.chat.writing import id_of
from tests.digi.backup.databases import migrated

SAID = "a sentence that no archive shows"


@pytest.fixture
def files(settings, tmp_path) -> Path:
    settings.DIGI_FILES = tmp_path / "files"
    return settings.DIGI_FILES


@pytest.fixture
def alice(elsewhere, person):
    return person("alice")


@pytest.fixture
def bob(alice, person):
    return person("bob")


@pytest.fixture
def room(alice, bob):
    """Two messages, one of them changed."""
    room, _ = rooms.open_pair(by=alice, other=bob)
    messages.post(room=room, by=alice, text=SAID)
    messages.post(room=room, by=bob, text="and an answer")
    messages.edit(room=room, by=alice, message_id=id_of(room, 1), text=f"{SAID}, changed")
    return room


@pytest.fixture
def file(files, alice):
    """A file of Alice's that is larger than what is held at once."""
    content = b"%PDF-1.7" + bytes(range(256)) * 8192
    told = {"purpose": "document", "name": "thesis.pdf", "media_type": "application/pdf"}
    return storage.store(owner=alice, content=content, **told)


@pytest.fixture
def elsewhere(transactional_db, tmp_path) -> dict:
    """An empty database with today's tables; made before anybody is there."""
    return migrated(tmp_path / "elsewhere.sqlite3")


@pytest.fixture
def backup(tmp_path, files) -> Callable[[str], Path]:
    """Take one of whatever database is in use."""

    def take(name: str = "digi.tar") -> Path:
        call_command("backup", str(tmp_path / name))
        return tmp_path / name

    return take
