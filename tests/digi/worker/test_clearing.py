"""What docs/operations.md says the worker clears away is what its duties do, as often as it says."""

import re

from django.utils.module_loading import autodiscover_modules

from digi.worker.registry import duties
from tests.servers import ROOT

EVERY = {"hourly": 60, "every 10 minutes": 10, "every 15 minutes": 15, "daily": 24 * 60}
ROW = re.compile(r"\| (?P<every>hourly|daily|every 1[05] minutes)\b[^|]*\| `(?P<duty>[\w -]+)` \|$", re.MULTILINE)


def test_the_page_names_duties_and_their_times():
    autodiscover_modules("tasks")
    section = (ROOT / "docs/operations.md").read_text().partition("### What it clears away")[2].partition("\n## ")[0]

    rows = ROW.findall(section)

    assert len(rows) == section.count("` |\n")
    assert {name: duties[name].minutes for _, name in rows} == {name: EVERY[every] for every, name in rows}
