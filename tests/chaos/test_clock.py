"""The server's clock is put an hour on, then two hours back."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chat.models import Change
from tests.chaos.results import scaled
from tests.chat.sockets import aside

LIBRARY = "libfaketimeMT.so.1"  # of Debian's package libfaketime


@pytest.fixture
def clock(tmp_path) -> Path:
    """What is written into it is how far the servers' clock is off."""
    path = tmp_path / "clock"
    path.write_text("+0")
    return path


def with_clock(clock: Path) -> dict[str, str]:
    """The environment of a server that goes by this clock; time that only runs on is left alone, as by a real jump."""
    found = [*Path("/usr/lib").glob(f"*/faketime/{LIBRARY}"), *Path("/usr/lib").glob(f"faketime/{LIBRARY}")]
    assert found, "the package faketime is missing"
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def offsets() -> Iterable[int]:
    """How many hours the changes' moments are off, in their order."""
    now = datetime.now(UTC)
    for at in Change.objects.exclude(seq=None).order_by("room", "n").values_list("at", flat=True):
        yield round((at - now) / timedelta(hours=1))


async def test_clock_that_jumps_disconnects_nobody_and_leaves_no_hole(
    start_unhurried, crowd, clock, pulse, client, alice
):
    server = start_unhurried(**with_clock(clock), **pulse)
    people = crowd(server)

    async with people.load():
        for off in ("+1h", "-1h", "+0"):
            beats = min(one.heartbeats for one in people.clients)
            clock.write_text(off)
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
