"""What two readings of the metrics come to."""

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from digi.status.readings import Change, Reading, level, mean, quantile, rate, read


@pytest.fixture
def registry():
    return CollectorRegistry()


def later(before: Reading, now: Reading, seconds: float = 60) -> Change:
    return Change(before, Reading(before.at + seconds, now.numbers))


def test_level_is_the_sum_over_labels_or_one_of_them(registry):
    sockets = Gauge("sockets", "Sockets.", ["process"], registry=registry)
    sockets.labels("a").set(3)
    sockets.labels("b").set(4)

    change = Change(None, read(registry))

    assert level("sockets")(change) == 7
    assert level("sockets", max)(change) == 4
    assert level("sockets", process="a")(change) == 3
    assert level("sockets", process="c")(change) is None
    assert level("unheard_of")(change) is None


def test_rate_is_what_a_counter_gains_in_a_minute(registry):
    posted = Counter("posted", "Messages.", ["process"], registry=registry)
    posted.labels("a").inc(100)
    before = read(registry)
    posted.labels("a").inc(15)

    change = later(before, read(registry), seconds=30)

    assert rate("posted_total")(change) == 30
    assert rate("posted_total", per=1)(change) == 0.5


def test_counter_that_began_anew_has_gained_what_it_shows():
    before = Reading(0, {("posted_total", ()): 1000})
    now = Reading(60, {("posted_total", ()): 12})

    assert rate("posted_total")(Change(before, now)) == 12


def test_counter_that_was_not_told_before_counts_from_the_next_minute():
    old, new = (("process", "a"),), (("process", "b"),)
    before = Reading(0, {("posted_total", old): 5})
    now = Reading(60, {("posted_total", old): 8, ("posted_total", new): 90_000})

    assert rate("posted_total")(Change(before, now)) == 3
    assert rate("posted_total")(Change(None, now)) is None


def test_mean_and_quantile_are_of_what_was_told_meanwhile(registry):
    took = Histogram("took_seconds", "Time.", buckets=(0.01, 0.1, 1), registry=registry)
    took.observe(0.9)
    before = read(registry)
    for _ in range(9):
        took.observe(0.005)
    took.observe(0.05)

    change = later(before, read(registry))

    assert mean("took_seconds")(change) == pytest.approx(0.0095)
    assert quantile("took_seconds", 0.5)(change) == pytest.approx(0.01 * 5 / 9)
    assert quantile("took_seconds", 0.95)(change) == pytest.approx(0.01 + 0.09 * 0.5)


def test_what_lies_above_the_last_bound_counts_as_it(registry):
    took = Histogram("took_seconds", "Time.", buckets=(0.01, 0.1), registry=registry)
    before = read(registry)
    took.observe(30)

    assert quantile("took_seconds", 0.95)(later(before, read(registry))) == 0.1


def test_nothing_told_is_no_number(registry):
    Histogram("took_seconds", "Time.", registry=registry)
    before = read(registry)

    change = later(before, read(registry))

    assert mean("took_seconds")(change) is None
    assert quantile("took_seconds", 0.95)(change) is None
