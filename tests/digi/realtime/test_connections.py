"""Whom Sentinels are believed, and which node of a cluster is asked next."""

import pytest
from redis.exceptions import ConnectionError

from digi.realtime.connections import Nodes, _most_named


def told(host: str, **flags: bool) -> dict:
    """What a Sentinel says about the service."""
    state = {"ip": host, "port": 6379, "is_master": True, "is_sdown": False, "is_odown": False, **flags}
    return {"digi": state, "another": {**state, "ip": "elsewhere"}}


def test_most_sentinels_are_believed():
    stale, fresh = told("old"), told("new")

    assert _most_named("digi", [stale, fresh, fresh]) == ("new", 6379)
    assert _most_named("digi", [fresh, stale, fresh]) == ("new", 6379)
    assert _most_named("digi", [stale]) == ("old", 6379)


@pytest.mark.parametrize(
    "answers",
    [[], [{}], [told("old", is_sdown=True), told("old", is_odown=True)], [told("old", is_master=False)]],
)
def test_primary_that_is_down_or_unknown_is_no_primary(answers):
    with pytest.raises(ConnectionError, match="No Sentinel names a primary for digi"):
        _most_named("digi", answers)


async def test_node_that_failed_is_passed_over_once():
    nodes = Nodes((("one", 1), ("two", 2), ("three", 3)))
    first = await nodes.find()

    nodes.failed(first)
    nodes.failed(first)  # by another connection
    second = await nodes.find()
    nodes.failed(second)
    nodes.failed(await nodes.find())

    assert second != first
    assert await nodes.find() == first
