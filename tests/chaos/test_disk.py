"""The disk under the database is full for a while."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from django.db import connection, connections

from chat.models import Change
from tests.chaos.disk import SmallDisk
from tests.chaos.results import scaled
from tests.chat.sockets import aside


@pytest.fixture
def disk(transactional_db, tmp_path):
    """A small disk with this worker's test database on it, which servers and test use in place of the usual one."""
    if connection.vendor != "sqlite":
        pytest.skip("the database server has a disk of its own")
    with SmallDisk(tmp_path / "disk") as small:
        usual = connection.settings_dict["NAME"]
        connections.close_all()
        copy = small.folder / "digi.sqlite3"
        with closing(sqlite3.connect(usual)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        connection.settings_dict["NAME"] = str(copy)
        yield small
        connections.close_all()
        connection.settings_dict["NAME"] = usual


@pytest.fixture
def server(disk, start_unhurried):
    return start_unhurried(DIGI_DURABLE="1")


def stored() -> set[str]:
    return {str(cid) for cid in Change.objects.exclude(seq=None).values_list("cid", flat=True)}


async def test_full_disk_refuses_for_the_moment_and_acknowledges_nothing_unstored(disk, server, crowd):
    people = crowd(server)

    async with people.load():
        with people.fault():
            await asyncio.to_thread(disk.fill, server.pid)
            for one in people.clients:
                await one.until(lambda one: one.put_off, seconds=40)
            await asyncio.sleep(scaled(2, 15))
            answered = {cid for one in people.clients for cid in one.answers}
            there = await aside(stored)
            disk.empty(server.pid)
            await asyncio.sleep(1)

    people.notes.append("a full file system" if disk.mounted else "a limit on the files' size")
    await people.check("a disk that is full")
    assert answered <= there
    assert Counter(error["code"] for one in people.clients for error in one.put_off).keys() == {"unavailable"}
    assert all(one.closes == [] for one in people.clients)
