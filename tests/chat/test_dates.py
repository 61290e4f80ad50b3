"""Days and times as people read them; tests/js/times.test.js holds the browser to the same."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from chat import dates

NOW = datetime(2026, 3, 12, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _berlin(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.mark.parametrize(
    ("at", "line", "short", "since"),
    [
        (datetime(2026, 3, 11, 23, 30, tzinfo=UTC), "Today", "00:30", "00:30"),
        (datetime(2026, 3, 11, 22, 30, tzinfo=UTC), "Yesterday", "Wed", "Wed, 23:30"),
        (datetime(2026, 3, 6, 12, tzinfo=UTC), "Friday, 6 March", "Fri", "Fri, 13:00"),
        (datetime(2026, 3, 5, 12, tzinfo=UTC), "Thursday, 5 March", "5 Mar", "5 Mar, 13:00"),
        (datetime(2025, 12, 31, 12, tzinfo=UTC), "Wednesday, 31 December 2025", "31 Dec 2025", "31 Dec 2025, 13:00"),
    ],
)
def test_dates_are_near_or_far(at, line, short, since):
    assert dates.day_line(timezone.localtime(at).date()) == line
    assert dates.short_time(at) == short
    assert dates.since(at) == since


def test_full_time_says_all_of_it():
    assert dates.full_time(datetime(2026, 3, 10, 13, 2, tzinfo=UTC)) == "Tuesday, 10 March 2026, 14:02"


def test_stamp_is_for_machines():
    assert (
        dates.stamp(NOW.astimezone(ZoneInfo("Asia/Kolkata")) + timedelta(milliseconds=5)) == "2026-03-12T10:00:00.005Z"
    )


def test_vocabulary_speaks_the_active_language():
    with translation.override("de"):
        words = dates.vocabulary()

    assert (words["months"][2], words["weekdays"][0], words["weekdaysShort"][2]) == ("März", "Montag", "Mi")
    assert (len(words["months"]), len(words["monthsShort"]), len(words["weekdays"])) == (12, 12, 7)
