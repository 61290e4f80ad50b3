"""What `Retry-After` asks for: seconds, dates in the three forms of RFC 9110, and nonsense."""

from datetime import UTC, datetime, timedelta

import pytest

from digi.webhooks.services import patience

NOW = datetime(2026, 3, 12, 9, 34, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", timedelta()),
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("86401", DAY),
        ("9" * 5000, DAY),
        ("Thu, 12 Mar 2026 09:44:00 GMT", timedelta(minutes=10)),
        ("Thursday, 12-Mar-26 09:44:00 GMT", timedelta(minutes=10)),
        ("Thu Mar 12 09:44:00 2026", timedelta(minutes=10)),
        ("Thu, 12 Mar 2026 09:24:00 GMT", timedelta()),
        ("Fri, 12 Mar 2100 09:24:00 GMT", DAY),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("Thu, 32 Mar 2026 09:24:00 GMT", timedelta()),
        ("", timedelta()),
        ("-5", timedelta()),
        ("1.5", timedelta()),
        ("٣", timedelta()),
        ("soon", timedelta()),
    ],
)
def test_header_asks_for_a_time_within_bounds(value, wait):
    assert patience.asked(value, NOW) == wait
