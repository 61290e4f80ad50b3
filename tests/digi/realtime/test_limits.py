"""Token buckets and strikes, under a clock that the tests hold."""

import time

import pytest

from digi.environment import Rate
from digi.realtime.limits import Bucket, Buckets, Strikes


@pytest.fixture
def clock(monkeypatch):
    """`clock.now += 3` lets three seconds pass."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(time, "monotonic", lambda: Clock.now)
    return Clock


def test_bucket_lets_a_burst_through_and_then_one_at_a_time(clock):
    bucket = Bucket(Rate(5, 10))

    assert [bucket.take() for _ in range(5)] == [0.0] * 5
    assert bucket.take() == pytest.approx(2.0)
    clock.now += 1.5
    assert bucket.take() == pytest.approx(0.5)
    clock.now += 0.5
    assert bucket.take() == 0.0
    assert bucket.take() == pytest.approx(2.0)


def test_bucket_never_holds_more_than_its_burst(clock):
    bucket = Bucket(Rate(3, 3))
    clock.now += 10_000

    assert [bucket.take() for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(1.0)]


def test_waiting_as_long_as_told_is_enough(clock):
    bucket = Bucket(Rate(7, 3))
    for _ in range(7):
        bucket.take()

    for _ in range(20):
        clock.now += bucket.take() + 1e-9
        assert bucket.take() == 0.0


def test_each_person_and_each_limit_has_a_bucket(clock, settings):
    settings.DIGI_LIMITS = {"frames": Rate(1, 10), "messages": Rate(1, 10)}
    buckets = Buckets()

    assert [buckets.take("frames", "alice"), buckets.take("frames", "bob"), buckets.take("messages", "alice")] == [
        0,
        0,
        0,
    ]
    assert buckets.take("frames", "alice") > 0


def test_least_recently_used_falls_away(clock, settings):
    settings.DIGI_LIMITS = {"frames": Rate(1, 1000)}
    buckets = Buckets(size=3)

    for who in ("a", "b", "c", "a", "d"):  # b goes
        buckets.take("frames", who)

    assert buckets.take("frames", "a") > 0
    assert buckets.take("frames", "b") == 0.0
    assert len(buckets._buckets) == 3


def test_bench_knows_no_limits(clock, settings):
    settings.DIGI_LIMITS, settings.DIGI_BENCH = {"frames": Rate(1, 1000)}, True

    assert [Buckets().take("frames", "a") for _ in range(50)] == [0.0] * 50


def test_strikes_count_within_a_minute(clock):
    strikes = Strikes()

    counted = []
    for _ in range(4):
        counted.append(strikes.add())
        clock.now += 18
    clock.now += 7
    counted.append(strikes.add())

    assert counted == [1, 2, 3, 4, 1]
