"""How long a receiver that fails asks to be left alone: `Retry-After`, as RFC 9110 (10.2.3) has it."""

from datetime import UTC, datetime, timedelta

from django.utils.http import parse_http_date_safe

AT_MOST = timedelta(hours=24)  # as long as the longest pause: nobody parks what others wait for


def asked(value: str, now: datetime) -> timedelta:
    """The time from now that a header's value asks for, seconds or a date; none where it says neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), AT_MOST.total_seconds()))
    moment = parse_http_date_safe(value)
    if moment is None:
        return timedelta()
    return min(max(datetime.fromtimestamp(moment, UTC) - now, timedelta()), AT_MOST)
