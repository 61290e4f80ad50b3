"""Whatever a release has left behind comes into this one, on this database and from there into another.

`make release-fixture` keeps what a release makes of the demo; docs/operations.md says when.
"""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from chat.models import Message, Room
from chat.services import history
from digi import __version__
from digi.management.backup import tables
from digi.management.backup.archive import verify
from tests.digi.backup.databases import migrated, postgres, sqlite, using
from tests.digi.backup.reading import content
from tests.servers import ROOT

pytestmark = pytest.mark.db

FOLDER = ROOT / "tests/fixtures/releases"
RELEASES = sorted(FOLDER.glob("*.tar"))


def keys_of(archive: Path) -> list[str]:
    (line,) = re.findall(r"^DIGI_ENCRYPTION_KEYS=(.+)$", archive.with_suffix(".keys").read_text(), re.MULTILINE)
    return line.split(",")


@pytest.fixture
def here(transactional_db, tmp_path):
    """An empty database of the kind that the tests run on, without tables."""
    if connection.vendor == "postgresql":
        with postgres(f"{connection.settings_dict['NAME']}_restored") as config:
            yield config
    else:
        yield sqlite(tmp_path / "here.sqlite3")


@pytest.fixture
def there(transactional_db, tmp_path):
    """An empty SQLite database; without tables, where the tests run on another kind."""
    path = tmp_path / "there.sqlite3"
    return migrated(path) if connection.vendor == "sqlite" else sqlite(path)


def test_every_release_has_left_one():
    released = re.findall(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert {path.stem for path in RELEASES} == {*released, __version__}


def test_version_is_said_alike():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__


@pytest.mark.parametrize("archive", RELEASES, ids=lambda path: path.stem)
def test_release_comes_into_today_and_on_into_another_database(archive, here, there, settings, tmp_path, capsys):
    """From SQLite, where it was made, to the database of this run, and from that back to SQLite."""
    settings.DIGI_ENCRYPTION_KEYS = keys_of(archive)
    once, twice = tmp_path / "once.tar", tmp_path / "twice.tar"

    settings.DIGI_FILES = tmp_path / "files"
    with using(here):
        call_command("restore", str(archive))

        assert tables.applied() == tables.known()
        room = Room.objects.exclude(head=0).first()
        assert len(history.page(room, limit=1000)[0]) == Message.objects.filter(room=room).count()
        _next_keys_are_free()
        call_command("backup", str(once))
    settings.DIGI_FILES = tmp_path / "others"
    with using(there):
        call_command("restore", str(once))
        call_command("backup", str(twice))

    assert content(twice) == content(once)
    assert capsys.readouterr().out.count("All chains of hashes hold") == 2
    if set(verify(archive)[0].migrations) == tables.known():
        assert kept(once) == kept(archive)


def kept(archive: Path) -> dict[str, list]:
    """Rows but those that migrations make, and files."""
    return {name: rows for name, rows in content(archive).items() if name not in tables.MADE_BY_MIGRATIONS}


def _next_keys_are_free() -> None:
    """A new row of each table gets a key that none has."""
    with connection.cursor() as cursor:
        for model in tables.models_at(tables.applied()).values():
            last = model._base_manager.order_by("pk").values_list("pk", flat=True).last()
            if isinstance(last, int) and connection.vendor == "postgresql":
                cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [model._meta.db_table, "id"])
                assert cursor.fetchone()[0] > last
