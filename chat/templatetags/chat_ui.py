"""How the pages of chat write messages, days and times."""

import datetime

from django import template
from django.utils import dateformat, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat import markdown, timeline
from chat.services.overview import MemberView, RoomView

register = template.Library()


@register.filter
def prose(text: str) -> SafeString:
    """A message's text as safe HTML."""
    return markdown.render(text)


@register.filter
def excerpt(text: str) -> str:
    """A message's beginning in one line."""
    return markdown.excerpt(text)


@register.filter
def partner(view: RoomView) -> MemberView:
    """Who a room of two is with."""
    return view.others[0]


@register.filter
def progress(view: RoomView) -> str:
    """How far the person's own last message in a room has come; nothing for others' and deleted ones."""
    last = view.last_message
    if last is None or last.deleted or last.user in {member.user.username for member in view.others}:
        return ""
    return timeline.progress(view, last.seq)


@register.filter
def day_line(day: datetime.date) -> str:
    """What the line before a day says: "Today", "Yesterday", "Tuesday, 10 March", "Tuesday, 10 March 2025"."""
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - datetime.timedelta(days=1):
        return _("Yesterday")
    # Translators: a date without its year, in the letters of Django's date filter.
    near = _("j F")
    # Translators: a date with its year.
    far = _("j F Y")
    return f"{dateformat.format(day, 'l')}, {dateformat.format(day, near if day.year == today.year else far)}"


@register.filter
def short_time(at: datetime.datetime) -> str:
    """When a room last spoke: "14:02", "Wed", "9 Mar", "9 Mar 2025"."""
    local, today = timezone.localtime(at), timezone.localdate()
    age = (today - local.date()).days
    if age <= 0:
        return f"{local:%H:%M}"
    if age < 7:
        return dateformat.format(local, "D")
    # Translators: a short date without its year.
    near = _("j M")
    # Translators: a short date with its year.
    far = _("j M Y")
    return dateformat.format(local, near if local.year == today.year else far)


@register.filter
def clock(at: datetime.datetime) -> str:
    """Such as "14:02", in the person's zone."""
    return f"{timezone.localtime(at):%H:%M}"


@register.filter
def full_time(at: datetime.datetime) -> str:
    """All of it: "Tuesday, 10 March 2026, 14:02"."""
    local = timezone.localtime(at)
    return f"{dateformat.format(local, 'l')}, {dateformat.format(local, _('j F Y'))}, {local:%H:%M}"


@register.filter
def stamp(at: datetime.datetime) -> str:
    """A time for machines, in UTC."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@register.filter
def since(at: datetime.datetime) -> str:
    """What the line at the first unread says: "14:02" today, "Wed, 14:02" before."""
    short, time = short_time(at), clock(at)
    return time if short == time else f"{short}, {time}"
