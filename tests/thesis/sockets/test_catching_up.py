"""What was lost, doubled or missed is caught up by number."""

import pytest
from django.db import transaction

from digi.realtime import outbox
from digi.realtime.hub import hub
from tests.chat.sockets import Closed, aside
from tests.thesis.live import hear, hears_nothing, lost
from thesis import events
from thesis.services import discussion, entrance


async def test_reconnect_brings_what_was_missed_in_order(layer, live, say, thesis, alice, monkeypatch):
    monkeypatch.setattr(entrance, "PAGE", 2)
    first = await live.come(alice, thesis)
    await first.go()
    for _ in range(3):
        await say()
        await say("staff")

    since = first.welcome["n"]
    again = await live.come(alice, thesis, since=since, stream="members")

    assert again.welcome["refetch"] is False
    assert [frame["n"] for frame in again.backlog] == [since + 1, since + 2, since + 3]
    assert again.synced == {"type": "synced", "n": since + 3}
    await say()
    assert (await hear(again))["n"] == since + 4


async def test_lost_push_costs_nothing(live, say, thesis, alice, bob):
    """The event of a commit is lost: the next one shows the gap, and a heartbeat finds a last one."""
    visitor = await live.come(alice, thesis)
    start = visitor.welcome["n"]
    talk = {"thesis": thesis, "by": bob, "body": "Hm."}

    await aside(lost, discussion.open_thread, **talk)
    assert await hears_nothing(visitor, 0.1)
    await say()
    assert [(await hear(visitor))["n"] for _ in range(2)] == [start + 1, start + 2]

    await aside(lost, discussion.open_thread, **talk)
    await hub().pulse._beat()
    assert (await hear(visitor))["n"] == start + 3


async def test_events_that_come_twice_or_early_are_told_once_and_in_order(live, thesis, alice, bob):
    visitor = await live.come(alice, thesis)

    def kept():
        with outbox.collected() as found:
            for _ in range(3):
                discussion.open_thread(thesis=thesis, by=bob, body="Hm.")
        topic = events.circle_topic(thesis.uuid, "members")
        return [event for event in found if event.topic == topic]

    first, second, third = await aside(kept)
    for event in (first, third, second, second, first):
        hub()._receive([event])

    start = visitor.welcome["n"]
    assert [(await hear(visitor))["n"] for _ in range(3)] == [start + 1, start + 2, start + 3]
    assert await hears_nothing(visitor, 0.1)


async def test_what_is_rolled_back_takes_no_number(live, thesis, alice, bob):
    visitor = await live.come(alice, thesis)

    @transaction.atomic
    def fail():
        discussion.open_thread(thesis=thesis, by=bob, body="Hm.")
        transaction.set_rollback(True)

    await aside(fail)

    assert await hears_nothing(visitor)
    assert await aside(lambda: thesis.ledger.members) == visitor.welcome["n"]


@pytest.mark.parametrize("known", [{"since": 10_000, "stream": "members"}, {"since": 0, "stream": "staff"}])
async def test_number_that_is_not_of_this_stream_makes_the_client_fetch_anew(live, thesis, alice, known):
    visitor = await live.come(alice, thesis, **known)

    assert (visitor.welcome["refetch"], visitor.backlog) == (True, [])


async def test_closed_socket_hears_no_more(live, say, thesis, alice):
    visitor = await live.come(alice, thesis)
    await visitor.go()

    await say()

    with pytest.raises((Closed, TimeoutError)):
        await visitor.hear(0.1)
