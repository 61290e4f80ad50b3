"""Numbers into places: nothing but arithmetic."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digi.status.models import Spread
from digi.status.scales import Scale, gaps, scale, shape, ticks

BERLIN = ZoneInfo("Europe/Berlin")


def flat(value: float) -> Spread:
    return Spread(value, value, value)


@pytest.mark.parametrize(
    ("highest", "top", "step"),
    [
        (1, 1, 0.5),
        (7, 8, 2),
        (8, 8, 2),
        (9, 10, 5),
        (47, 60, 20),
        (1000, 1000, 500),
        (0.0032, 0.004, 0.001),
        (0, 0.001, 0.0005),
    ],
)
def test_scale_ends_at_a_round_number(highest, top, step):
    found = scale(highest)

    assert (found.top, found.step) == pytest.approx((top, step))
    assert 1 <= len(found.lines) <= 4


def test_scale_of_people_has_no_half_ones():
    assert scale(1, whole=True) == Scale(1, 1)
    assert scale(0, whole=True) == Scale(1, 1)


def test_scale_of_bytes_counts_in_twos():
    assert scale(3 * 2**30, binary=True) == Scale(3 * 2**30, 2**30)
    assert scale(5 * 2**30, binary=True) == Scale(6 * 2**30, 2 * 2**30)


@pytest.mark.parametrize(("value", "y"), [(0, 100), (5, 50), (10, 0), (11, 0), (-1, 100)])
def test_height_is_from_zero_and_stays_on_the_canvas(value, y):
    assert scale(10).y(value) == y


def test_line_goes_through_the_means_and_the_area_round_it():
    parts = [Spread(0, 5, 10), Spread(0, 10, 10)]

    found = shape(parts, scale(10))

    assert found.line == "M250 50L750 0"
    assert found.band == "M250 0L750 0L750 100L250 100Z"


def test_numbers_without_a_spread_have_no_area():
    assert shape([flat(5), flat(10)], scale(10)).band == ""


def test_pause_parts_the_line_and_a_lonely_number_is_a_dot():
    parts = [flat(5), flat(5), None, flat(10), None]

    assert shape(parts, scale(10)).line == "M100 50L300 50 M700 0h0"


def test_nothing_is_no_line():
    assert shape([None, None], scale(10)).line == ""
    assert shape([], scale(10)).line == ""


def test_gap_is_where_no_series_was_measured():
    first = [flat(1), None, None, flat(1), None]
    second = [None, None, None, flat(1), None]

    assert gaps([first, second]) == [(200, 400)]
    assert gaps([]) == []


def test_ticks_of_an_hour_are_ten_minutes_apart():
    start = datetime(2026, 3, 12, 13, 5, tzinfo=UTC)

    found = ticks(start, start + timedelta(hours=1), BERLIN)

    assert [f"{tick.at:%H:%M}" for tick in found] == ["14:10", "14:20", "14:30", "14:40", "14:50", "15:00"]
    assert found[0].place == pytest.approx(8.33)


def test_days_begin_at_midnight_where_the_reader_is_also_when_the_clocks_change():
    start = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)  # summer time begins on the 29th

    found = ticks(start, start + timedelta(days=7), BERLIN)

    assert [f"{tick.at.astimezone(UTC):%d %H}" for tick in found] == [
        "25 23", "26 23", "27 23", "28 23", "29 22", "30 22", "31 22",
    ]  # fmt: skip


def test_labels_keep_away_from_the_edges():
    start = datetime(2026, 3, 12, 13, 59, tzinfo=UTC)

    found = ticks(start, start + timedelta(hours=1), BERLIN)

    assert [f"{tick.at:%H:%M}" for tick in found] == ["15:10", "15:20", "15:30", "15:40", "15:50"]
