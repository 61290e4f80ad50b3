"""Until when something is put off, on the person's own clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digi.accounts.models import User

MORNING = 8  # the hour at which what was put off for days comes back
HOURS = 3  # what "later today" is, at the next full hour


def choices(user: User, now: datetime) -> dict[str, datetime]:
    """`today`, `tomorrow` and `week` (Monday); what leads nowhere else than another one is left out."""
    local = now.astimezone(ZoneInfo(user.time_zone))
    today = (local + timedelta(hours=HOURS + 1)).replace(minute=0, second=0, microsecond=0)
    tomorrow = morning_of(local.date() + timedelta(days=1), user)
    monday = morning_of(local.date() + timedelta(days=7 - local.weekday()), user)
    found = {"today": today} if today.date() == local.date() else {}
    found["tomorrow"] = tomorrow
    return found if monday == tomorrow else found | {"week": monday}


def morning_of(day: date, user: User) -> datetime:
    return datetime.combine(day, time(MORNING), ZoneInfo(user.time_zone))
