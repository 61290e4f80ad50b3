"""Two servers between which the layer drops 30 %, doubles and reorders."""

import asyncio
from collections import Counter

from tests.chaos.lossy import MARK
from tests.chaos.results import scaled

FAULTS = ("lost", "late", "doubled")
LOSSY = {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings"}


async def test_layer_that_drops_doubles_and_reorders_costs_no_message(
    start_unhurried, redis_url, crowd, tmp_path, pulse
):
    mark = tmp_path / "bad"
    options = {"redis_url": redis_url, MARK: str(mark), **LOSSY, **pulse}
    people = crowd(start_unhurried(**options), start_unhurried(**options))

    with people.fault():
        async with people.load():
            mark.touch()
            await asyncio.sleep(scaled(5, 25))
            while not all((done := Counter(mark.read_text().split()))[what] >= 10 for what in FAULTS):
                await asyncio.sleep(0.1)
        await people.settle(40)

    people.notes.append(", ".join(f"{done[what]} batches {what}" for what in FAULTS))
    result = await people.check("a layer that drops 30 %, doubles and reorders")
    assert result.longest < scaled(3 + 8, 25 + 2)  # what was lost last comes with a heartbeat
    assert result.most < scaled(8, 3)
    assert all(one.closes == [] for one in people.clients)
