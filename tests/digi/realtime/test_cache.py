"""The patient cache: Redis' own while it is there, forgetful while it is not."""

import time

import pytest

from digi.realtime.cache import REST, PatientRedisCache
from tests.servers import free_port


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    monkeypatch.setattr(PatientRedisCache, "_away_until", 0.0)
    monkeypatch.setattr(PatientRedisCache, "_complained", 0.0)


def cache_at(url: str) -> PatientRedisCache:
    return PatientRedisCache(url, {"OPTIONS": {"socket_timeout": 20, "socket_connect_timeout": 20}})


@pytest.fixture
def nowhere():
    return cache_at(f"redis://127.0.0.1:{free_port()}/0")


def test_with_redis_it_is_a_cache(redis_url):
    cache = cache_at(redis_url)

    cache.set("one", 1)
    cache.set_many({"two": 2, "three": "drei"})
    assert cache.add("one", 7) is False
    assert cache.get_many(["one", "two", "three", "four"]) == {"one": 1, "two": 2, "three": "drei"}
    cache.delete("one")
    cache.delete_many(["two"])
    assert [cache.get("one"), cache.get("two", "gone"), cache.has_key("three")] == [None, "gone", True]


def test_without_redis_it_forgets_and_says_so_once(nowhere, caplog, monkeypatch):
    for _ in range(2):
        assert nowhere.set("one", 1) is None
        assert nowhere.get("one", "gone") == "gone"
        assert nowhere.get_many(["one"]) == {}
        assert nowhere.set_many({"one": 1}) == []
        assert nowhere.add("one", 1) is True
        assert nowhere.touch("one") is False
        assert nowhere.delete("one") is False
        assert nowhere.has_key("one") is False
        assert nowhere.delete_many(["one"]) is None
        monkeypatch.setattr(PatientRedisCache, "_away_until", 0.0)

    assert len(caplog.records) == 1


def test_a_redis_that_failed_is_left_in_peace_for_a_while(nowhere, redis_url, monkeypatch):
    nowhere.get("one")
    there = cache_at(redis_url)
    assert there.set("one", 1) is None
    assert there.get("one") is None

    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + REST + 0.1)
    there.set("one", 1)
    assert there.get("one") == 1
