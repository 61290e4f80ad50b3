"""A backup is of one moment, whatever happens meanwhile."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from chat.models import Change, Room
from chat.services import chain
from digi.accounts.models import Department
from tests.chat.sockets import aside
from tests.digi.backup.databases import migrated, postgres, using
from tests.servers import ROOT, database_url

pytestmark = pytest.mark.db


@pytest.fixture
def departments(transactional_db) -> None:
    """Rows that are copied before those of the chat, and take their time."""
    Department.objects.bulk_create([Department(name=f"{n}", slug=f"{n}") for n in range(10_000)], batch_size=400)


@pytest.fixture
def elsewhere(transactional_db, tmp_path):
    """An empty database of the kind that the tests run on."""
    if connection.vendor == "postgresql":
        with postgres(f"{connection.settings_dict['NAME']}_restored") as config:
            yield config
    else:
        yield migrated(tmp_path / "elsewhere.sqlite3")


def taken(path: Path) -> None:
    """In a process of its own, as an operator takes it."""
    command = [sys.executable, "manage.py", "backup", str(path)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "DIGI_DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def logs() -> dict[int, list[tuple[int, str, bytes]]]:
    """Every room's log: numbers, what was written, hashes."""
    rows = Change.objects.order_by("room", "n").values_list("room", "n", "cid", "hash")
    found: dict[int, list[tuple[int, str, bytes]]] = {}
    for room, n, cid, hashed in rows:
        found.setdefault(room, []).append((n, str(cid), bytes(hashed)))
    return found


def restored(config: dict, path: Path) -> tuple[dict, list]:
    """The logs of what was restored, and which rooms' chains break."""
    with using(config):
        call_command("restore", str(path))
        broken = [room.pk for room in Room.objects.all() if chain.verify(room) is not None]
        return logs(), broken


async def test_backup_under_load_is_what_everybody_had_written_at_one_moment(
    elsewhere, departments, start_unhurried, crowd, tmp_path, settings
):
    settings.DIGI_FILES = tmp_path / "files"
    server = await asyncio.to_thread(start_unhurried, DIGI_FILES=str(tmp_path / "files"))
    people = crowd(server)
    path = tmp_path / "digi.tar"

    async with people.load():
        await people.clients[0].until(lambda one: one.answers)
        before = {cid for one in people.clients for cid in one.answers}
        await asyncio.to_thread(taken, path)
        after = {cid for one in people.clients for cid in one.posted}
    await people.check("a backup is taken")
    whole = await aside(logs)
    there, broken = await aside(restored, elsewhere, path)

    assert broken == []
    assert {room: log == whole[room][: len(log)] for room, log in there.items()} == dict.fromkeys(there, True)
    assert {room: [n for n, *_ in log] for room, log in there.items()} == {
        room: list(range(1, len(log) + 1)) for room, log in there.items()
    }
    cids = {cid for log in there.values() for _n, cid, _hash in log}
    assert before
    assert before <= cids
    assert cids & {cid for one in people.clients for cid in one.posted} <= after
    assert len(cids) < sum(len(log) for log in whole.values())
