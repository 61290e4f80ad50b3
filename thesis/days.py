"""Days as the department counts them: in the server's own zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def today() -> date:
    return timezone.localdate(timezone=_zone())


def day_of(moment: datetime) -> date:
    """The day on which it happened."""
    return moment.astimezone(_zone()).date()


def start_of(day: date) -> datetime:
    """The moment at which the day begins, in UTC."""
    return datetime.combine(day, time.min, _zone()).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The moment at which the day is over, in UTC."""
    return start_of(day + timedelta(days=1))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the 28th of February stands in for a 29th that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.DIGI_TIME_ZONE)
