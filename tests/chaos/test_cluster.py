"""Two servers on a cluster of Redis: three primaries with a replica each, of which one is killed."""

import asyncio

import pytest

from tests.chaos.results import scaled
from tests.chaos.test_sentinel import WHOLE, carried, helpers, killed
from tests.chat.sockets import aside
from tests.redises import RedisCluster, heard_at, until


@pytest.fixture(scope="module")
def cluster():
    group = RedisCluster(password="s3cret/@:")
    yield group.start()
    group.stop()


@pytest.mark.timeout(300)
async def test_nodes_that_go_cost_no_message(cluster, start_unhurried, crowd):
    servers = [start_unhurried(redis_url=cluster.url) for _ in range(2)]
    cache, queue = helpers(cluster.url)
    assert await aside(carried, cache, queue) == WHOLE
    people = crowd(*servers)
    first = people.members[0].room
    people.quiet = {one.client for one in people.members[1::2] if one.room == first}  # all of it at the other server

    async with people.load():
        for primary, replica in list(zip(cluster.primaries, cluster.replicas, strict=True))[: scaled(1, 3)]:
            others = [one for one in cluster.processes if one is not primary]
            with killed(primary):
                with people.fault():
                    await aside(until, lambda: replica.ask("INFO", "replication")["role"] == "master")  # noqa: B023
                await aside(until, lambda: heard_at(others) == 2)  # noqa: B023 - wherever they are
                await asyncio.sleep(scaled(1, 8))
                await aside(until, lambda: carried(cache, queue) == WHOLE)
            await asyncio.sleep(scaled(0, 8))

    result = await people.check(f"a cluster of six: {scaled('a primary', 'each of its primaries')} killed")
    assert result.longest < 4
    for one in people.clients:
        assert one.closes == []
        assert one.put_off == []
    assert all("Traceback" not in server.output() for server in servers)
