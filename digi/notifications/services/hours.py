"""When somebody may be disturbed, and when their digests go: in their own time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digi.accounts.models import User
from digi.notifications.models import Inbox, Timing


def due(timing: Timing, inbox: Inbox, user: User, now: datetime) -> datetime:
    """When something of this timing goes to the person: at once or after quiet hours, or with the next digest."""
    if timing == Timing.DAILY:
        return _next_digest(inbox, user, now)
    if timing == Timing.WEEKLY:
        day = _next_digest(inbox, user, now)
        ahead = (inbox.digest_weekday - day.astimezone(ZoneInfo(user.time_zone)).weekday()) % 7
        return _moved(day, user, ahead)
    return quiet_until(inbox, user, now) or now


def quiet_until(inbox: Inbox, user: User, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in, or None."""
    hours = inbox.quiet_hours
    if hours is None:
        return None
    begin, end = hours
    local = now.astimezone(ZoneInfo(user.time_zone))
    time = local.time()
    over_midnight = end < begin
    quiet = (time >= begin or time < end) if over_midnight else begin <= time < end
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and time >= begin else 0)
    return datetime.combine(day, end, local.tzinfo).astimezone(now.tzinfo)


def _next_digest(inbox: Inbox, user: User, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(user.time_zone))
    today = local.replace(hour=inbox.digest_hour, minute=0, second=0, microsecond=0)
    return _moved(today.astimezone(now.tzinfo), user, 0 if today > local else 1)


def _moved(at: datetime, user: User, days: int) -> datetime:
    """So many days on, at the same hour of the person's clock."""
    local = at.astimezone(ZoneInfo(user.time_zone))
    moved = datetime.combine(local.date() + timedelta(days=days), local.time(), local.tzinfo)
    return moved.astimezone(at.tzinfo)
