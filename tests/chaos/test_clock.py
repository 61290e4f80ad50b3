"""The server's clock is put an hour on, then two hours back."""

import asyncio
import os
import struct
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chat.models import Change
from tests.chaos.results import scaled
from tests.chat.sockets import aside

SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """The wall clock of a server that is started with its `environment`."""

    def __init__(self, folder: Path) -> None:
        self._file, library = folder / "clock", folder / "clock.so"
        self.set(0)
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, SOURCE], check=True)
        self.environment = {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(self._file)}

    def set(self, hours: int) -> None:
        """Put it this far from the right time, at once."""
        file = os.open(self._file, os.O_CREAT | os.O_WRONLY)
        os.pwrite(file, struct.pack("=q", hours * 3600), 0)
        os.close(file)


@pytest.fixture
def clock(tmp_path) -> Clock:
    return Clock(tmp_path)


def offsets() -> Iterable[int]:
    """How many hours the changes' moments are off, in their order."""
    now = datetime.now(UTC)
    for at in Change.objects.exclude(seq=None).order_by("room", "n").values_list("at", flat=True):
        yield round((at - now) / timedelta(hours=1))


async def test_clock_that_jumps_disconnects_nobody_and_leaves_no_hole(
    start_unhurried, crowd, clock, pulse, client, alice
):
    server = start_unhurried(**clock.environment, **pulse)
    people = crowd(server)

    async with people.load():
        for off in (1, -1, 0):
            beats = min(one.heartbeats for one in people.clients)
            clock.set(off)
            await asyncio.sleep(scaled(2, 5))
            late = client(server, alice)
            await late.until(lambda one: one.live.is_set())
            for one in people.clients:
                await one.until(lambda one: one.heartbeats > beats, seconds=40)  # noqa: B023 - awaited here
            assert late.closes == []
            await late.stop()

    await people.check("the clock an hour on, two hours back, and right again")
    assert all(one.closes == [] for one in people.clients)
    assert set(await aside(lambda: list(offsets()))) == {-1, 0, 1}
    assert "Traceback" not in server.output()
