"""Days and moments as people say them: today, tomorrow, Thursday, 12 March; since Tuesday, for 3 weeks."""

from datetime import date, datetime

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

WEEK = 7  # days


@register.filter
def near(day: date | datetime) -> str:
    """A day beside the person's own today; far days with their year where it is another."""
    day, today = _local(day), timezone.localdate()
    distance = (day - today).days
    if distance == 0:
        return _("today")
    if distance == 1:
        return _("tomorrow")
    if distance == -1:
        return _("yesterday")
    if 0 < distance < WEEK:
        return formats.date_format(day, "l")
    return formats.date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


@register.filter
def since(moment: datetime) -> str:
    """How long something has stood still: in days of the week, then in weeks, then by its date."""
    day = _local(moment)
    days = (timezone.localdate() - day).days
    if days < 1:
        return _("since today")
    if days == 1:
        return _("since yesterday")
    if days < WEEK:
        return _("since %(day)s") % {"day": formats.date_format(day, "l")}
    if days < 8 * WEEK:
        return ngettext("for %(weeks)d week", "for %(weeks)d weeks", days // WEEK) % {"weeks": days // WEEK}
    return _("since %(day)s") % {"day": formats.date_format(day, "DATE_FORMAT")}


@register.filter
def lately(moment: datetime) -> str:
    """When it happened: the time of today, else the day."""
    local = timezone.localtime(moment)
    return formats.time_format(local, "TIME_FORMAT") if local.date() == timezone.localdate() else near(local)


def _local(day: date | datetime) -> date:
    return timezone.localtime(day).date() if isinstance(day, datetime) else day
