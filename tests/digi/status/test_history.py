"""Samples: written once a minute, thinned out, and read in equal parts."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client import CollectorRegistry
from prometheus_client.registry import Collector

from digi.management.demo.measures import make_up
from digi.realtime import registry as beats
from digi.realtime.hub import Hub
from digi.realtime.sockets import Socket
from digi.status.models import MINUTE, QUARTER, Kind, Process, Sample, Spread
from digi.status.questions import CHAPTERS
from digi.status.series import SERIES
from digi.status.services import history, keeping, processes, sampling
from digi.status.services.history import Range
from digi.worker.models import Job
from digi.worker.registry import duties
from digi.worker.services.duties import run
from tests.digi.status.conftest import NOW

pytestmark = pytest.mark.django_db


def flat(value: float) -> Spread:
    return Spread(value, value, value)


def test_minute_is_written_once(never_read):
    first = sampling.sample(NOW)

    assert sampling.sample(NOW + timedelta(seconds=20)) is None
    assert sampling.sample(NOW + timedelta(minutes=1)) is not None
    assert Sample.objects.count() == 2
    assert (first.at, first.minutes) == (NOW.replace(second=0), MINUTE)
    assert first.numbers["recordings"] == 0


@pytest.fixture
def never_read():
    """Nothing was read before."""
    cache.delete(sampling.READING)


def test_number_that_is_none_is_left_out(never_read, monkeypatch):
    monkeypatch.setitem(SERIES, "people", lambda change: float("nan"))

    assert "people" not in sampling.sample(NOW).numbers


def test_second_process_costs_one_query(never_read):
    sampling.sample(NOW)

    with CaptureQueriesContext(connection) as queries:
        sampling.sample(NOW)

    assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_heartbeat_measures_and_says_that_the_process_lives():
    async def live() -> None:
        hub = Hub()
        for user_id in (7, 7, 8):
            socket = Socket()
            socket.identity = SimpleNamespace(user_id=user_id)
            hub.open[socket] = None
        for work in beats.beats:
            await work(hub)
        hub.open.clear()
        await hub.threads.close()

    asyncio.run(live())

    written = Sample.objects.minutes().get().numbers
    assert Process.objects.get().sockets == 3
    assert (written["sockets"], written["people"]) == (3, 2)
    assert written["memory of servers"] > 10_000_000


def test_process_says_so_in_one_row():
    processes.lives(Kind.SERVER, sockets=1)
    again = processes.lives(Kind.SERVER, sockets=5)

    row = Process.objects.get()
    assert (row.uuid, row.sockets, row.seen_at) == (again.uuid, 5, again.seen_at)


def test_worker_says_so_by_its_duty():
    run("worker pulse")

    assert Process.objects.get().kind == Kind.WORKER


def test_quarters_are_summed_up_once_they_are_over(measured):
    measured("people", *range(1, 31))  # until 14:06

    keeping.thin(NOW)
    keeping.thin(NOW)

    found = {f"{row.at:%H:%M}": row.spreads()["people"] for row in Sample.objects.quarters()}
    assert found == {"13:30": Spread(1, 4.5, 8), "13:45": Spread(9, 16, 23)}
    assert Sample.objects.minutes().count() == 30


def test_later_run_goes_on_where_the_last_one_ended(measured):
    measured("people", *range(1, 31))
    keeping.thin(NOW)
    measured("people", *[50] * 15, until=NOW + timedelta(minutes=15))

    keeping.thin(NOW + timedelta(minutes=15))

    assert [f"{row.at:%H:%M}" for row in Sample.objects.quarters()] == ["13:30", "13:45", "14:00"]


def test_what_is_old_is_forgotten():
    for days, minutes in ((1.9, MINUTE), (2.1, MINUTE), (29, QUARTER), (31, QUARTER)):
        Sample.objects.create(at=NOW - timedelta(days=days), minutes=minutes)
    for days in (0.5, 1.5):
        Process.objects.create(kind=Kind.SERVER, host="h", pid=1, started_at=NOW, seen_at=NOW - timedelta(days=days))

    keeping.thin(NOW)

    ages = sorted((row.minutes, round((NOW - row.at) / timedelta(days=1), 1)) for row in Sample.objects.all())
    assert (1, 2.1) not in ages
    assert (15, 31.0) not in ages
    assert {(1, 1.9), (15, 29.0)} <= set(ages)
    assert Process.objects.count() == 1


def test_duty_of_the_worker_thins_and_leaves_no_failure():
    assert duties["samples"].minutes == 15

    run("samples")

    assert not Job.objects.exists()


def test_hour_is_read_by_the_minute_and_a_pause_is_a_gap(measured):
    measured("people", 4, 5, None, None, 8)

    found = history.read(Range.HOUR, NOW)

    assert (f"{found.start:%H:%M}", f"{found.end:%H:%M}", found.length) == ("13:08", "14:08", 60)
    assert found.of("people")[-6:] == [flat(4), flat(5), None, None, flat(8), None]
    assert found.of("unheard of") == [None] * 60


def test_day_joins_quarters_and_the_minutes_since(measured):
    measured("people", *range(1, 31))
    keeping.thin(NOW)
    Sample.objects.minutes().filter(at__lt=NOW - timedelta(minutes=10)).delete()

    found = history.read(Range.DAY, NOW)

    assert found.of("people")[-3:] == [Spread(1, 4.5, 8), Spread(9, 16, 23), Spread(24, 27, 30)]


def test_day_is_whole_also_where_no_worker_summed_it_up(measured):
    measured("people", *range(1, 31))

    found = history.read(Range.DAY, NOW)

    assert found.of("people")[-3:] == [Spread(1, 4.5, 8), Spread(9, 16, 23), Spread(24, 27, 30)]


@pytest.mark.parametrize(("reach", "length"), [(Range.DAY, 96), (Range.WEEK, 84), (Range.MONTH, 90)])
def test_long_stretches_have_a_bounded_number_of_parts(measured, reach, length):
    measured("people", 7)

    found = history.read(reach, NOW)

    assert (found.length, len(found.of("people"))) == (length, length)
    assert found.of("people")[-1] == flat(7)
    assert found.end > NOW


def test_table_is_coarser(measured):
    measured("people", *range(1, 11), until=NOW.replace(minute=8))

    found = history.coarser(history.read(Range.HOUR, NOW), timedelta(minutes=5))

    assert found.length == 12
    assert found.of("people")[-2:] == [Spread(1, 3, 5), Spread(6, 8, 10)]


def test_demo_makes_up_a_day_once_with_every_number_but_none_else():
    assert make_up() > 1300

    assert make_up() == 0
    assert set(Sample.objects.minutes().first().numbers) == set(SERIES)
    assert Sample.objects.quarters().count() > 80


def test_every_number_that_is_drawn_is_written():
    drawn = {name for _title, questions in CHAPTERS for question in questions for name, _label in question.series}

    assert drawn == set(SERIES)


def test_process_that_is_faster_wins(never_read, monkeypatch):
    class Slow(Collector):
        def collect(self):
            Sample.objects.get_or_create(at=NOW.replace(second=0), minutes=MINUTE, numbers={"people": 7})
            return ()

    registry = CollectorRegistry()
    registry.register(Slow())
    monkeypatch.setattr(sampling, "registry", registry)

    assert sampling.sample(NOW) is None
    assert Sample.objects.get().numbers == {"people": 7}
