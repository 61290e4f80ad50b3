"""Who is at a thesis: told to those inside, as far as people let it be seen."""

import asyncio

import pytest
from django.core.cache import cache

from digi.accounts.models import User
from digi.accounts.services import profiles
from digi.environment import Rate
from digi.realtime import attendance
from digi.realtime.hub import hub
from tests.chat.sockets import aside
from tests.thesis.live import Workspaces, hear_presence
from thesis.consumers.attendance import attendance as attendances
from thesis.services import presence
from thesis.services.presence import Guest


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(attendance, "GRACE", 0.15)
    monkeypatch.setattr(attendance, "GATHER", 0.01)


@pytest.fixture
async def live(transactional_db, settings, thesis, alice, bob, carol, session_cookie):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(100_000, 1))
    opened = Workspaces({user.pk: await aside(session_cookie, user) for user in (alice, bob, carol)})
    yield opened
    await opened.close()
    await hub().close()


async def marked(thesis, user) -> None:
    """Wait until the gathered arrivals are told."""
    while not await seen(thesis, user):
        await asyncio.sleep(0.02)


async def seen(thesis, user) -> bool:
    return bool(await aside(presence.marks.here, [Guest(thesis.uuid, user.pk)]))


async def test_coming_and_going_is_told_to_the_others(layer, live, thesis, alice, bob, carol):
    first = await live.come(alice, thesis)
    await marked(thesis, alice)
    second = await live.come(bob, thesis)
    assert await hear_presence(first) == ("presence.joined", "bob")

    third = await live.come(carol, thesis)
    assert third.welcome["present"] == ["alice", "bob"]
    assert await hear_presence(first) == await hear_presence(second) == ("presence.joined", "carol")

    await third.go()
    assert await hear_presence(first) == await hear_presence(second) == ("presence.left", "carol")


async def test_page_that_reloads_is_not_told(live, thesis, alice, bob, monkeypatch):
    monkeypatch.setattr(attendance, "GRACE", 60)  # longer than it takes to come back, whatever else the machine does
    watcher, visitor = await live.come(alice, thesis), await live.come(bob, thesis)
    assert await hear_presence(watcher) == ("presence.joined", "bob")

    await visitor.go()
    await live.come(bob, thesis)
    attendances(hub())._gone(Guest(thesis.uuid, bob.pk))  # the time is over

    assert await watcher.silent(0.4)


async def test_second_device_is_not_told(live, thesis, alice, bob):
    watcher, one = await live.come(alice, thesis), await live.come(bob, thesis)
    assert await hear_presence(watcher) == ("presence.joined", "bob")

    other = await live.come(bob, thesis)
    await one.go()

    assert await watcher.silent(0.4)
    await other.go()
    assert await hear_presence(watcher) == ("presence.left", "bob")


async def test_the_invisible_are_not_seen(live, thesis, alice, bob):
    await aside(User.objects.filter(pk=bob.pk).update, invisible=True)
    watcher = await live.come(alice, thesis)
    await marked(thesis, alice)

    visitor = await live.come(bob, thesis)
    assert await watcher.silent(0.2)
    assert (await live.come(alice, thesis)).welcome["present"] == []

    await aside(profiles.change, user=await aside(User.objects.get, pk=bob.pk), invisible=False)
    assert await hear_presence(watcher) == ("presence.joined", "bob")
    await aside(profiles.change, user=await aside(User.objects.get, pk=bob.pk), invisible=True)
    assert await hear_presence(watcher) == ("presence.left", "bob")
    assert visitor.welcome["present"] == ["alice"]


async def test_those_of_a_process_that_died_are_told_gone_at_a_beat(live, thesis, alice, bob):
    watcher = await live.come(alice, thesis)
    await aside(presence.marks.arrived, [Guest(thesis.uuid, bob.pk)])  # as another process says it
    assert await hear_presence(watcher) == ("presence.joined", "bob")

    await aside(cache.delete, presence.marks.key(Guest(thesis.uuid, bob.pk)))
    await hub().pulse._beat()

    assert await hear_presence(watcher) == ("presence.left", "bob")


async def test_marks_are_kept_fresh_and_go_with_the_person(live, thesis, alice):
    visitor = await live.come(alice, thesis)
    await hub().pulse._beat()
    assert await seen(thesis, alice)

    await visitor.go()

    async with asyncio.timeout(20):
        while await seen(thesis, alice):
            await asyncio.sleep(0.02)
