"""What processes count is added up in the cache that they share, and told by any of them."""

import threading

import pytest
from django.core.cache import cache
from prometheus_client import CollectorRegistry, generate_latest

from digi import tally
from digi.metrics import _Reading
from digi.tally import Counter, Histogram


@pytest.fixture(params=["memory", "redis"])
def shared(request, settings):
    """The shared cache of either kind, with nothing counted."""
    if request.param == "redis":
        settings.CACHES = {
            "default": {
                "BACKEND": "digi.realtime.cache.PatientRedisCache",
                "LOCATION": request.getfixturevalue("redis_url"),
                "OPTIONS": {"socket_timeout": 20, "socket_connect_timeout": 20},
            }
        }
    cache.clear()
    tally._counted.clear()
    yield request.param
    tally._counted.clear()
    cache.clear()


@pytest.fixture
def fish():
    made = Counter("test_fish", "Fish.", "kind", ("eel", "pike"))
    yield made
    del tally._metrics["test_fish"]


@pytest.fixture
def waits():
    made = Histogram("test_waits", "Waits.", (0.1, 1), scale=1000)
    yield made
    del tally._metrics["test_waits"]


def _told(prefix: str) -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(_Reading(tally.collect))
    lines = [line.rpartition(" ") for line in generate_latest(registry).decode().splitlines()]
    return {name: float(value) for name, _, value in lines if name.startswith(prefix)}


def test_counts_are_told_once_they_were_added_up_and_go_on(shared, fish):
    fish.add(2, "eel")
    before = _told("test_fish")
    tally.add_up()
    fish.add(value="eel")
    fish.add(value="pike")
    tally.add_up()
    tally.add_up()

    assert before == {'test_fish_total{kind="eel"}': 0, 'test_fish_total{kind="pike"}': 0}
    assert _told("test_fish") == {'test_fish_total{kind="eel"}': 3, 'test_fish_total{kind="pike"}': 1}


def test_histogram_counts_below_each_bound(shared, waits):
    for seconds in (0.05, 0.1, 0.5, 7):
        waits.observe(seconds)
    tally.add_up()

    assert _told("test_waits") == {
        'test_waits_bucket{le="0.1"}': 2,
        'test_waits_bucket{le="1"}': 3,
        'test_waits_bucket{le="+Inf"}': 4,
        "test_waits_count": 4,
        "test_waits_sum": 7.65,
    }


def test_many_threads_lose_nothing(fish):
    cache.clear()
    threads = [threading.Thread(target=lambda: [fish.add(value="eel") for _ in range(1000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    tally.add_up()

    assert _told("test_fish")['test_fish_total{kind="eel"}'] == 8000


def test_what_a_dead_redis_does_not_take_is_added_when_it_is_back(fish, settings, monkeypatch):
    from digi.realtime.cache import PatientRedisCache
    from tests.servers import RedisServer

    with RedisServer() as redis:
        settings.CACHES = {
            "default": {
                "BACKEND": "digi.realtime.cache.PatientRedisCache",
                "LOCATION": redis.url,
                "OPTIONS": {"socket_timeout": 20, "socket_connect_timeout": 20},
            }
        }
        monkeypatch.setattr("digi.realtime.cache.REST", 0)
        fish.add(5, "eel")
        redis.stop()
        tally.add_up()
        redis.start()
        monkeypatch.setattr(PatientRedisCache, "_away_until", 0.0)
        tally.add_up()

        assert _told("test_fish")['test_fish_total{kind="eel"}'] == 5
    tally._counted.clear()
