"""How the pages of chat write messages, days and times."""

from django import template
from django.utils.safestring import SafeString

from chat import dates, markdown, timeline
from chat.services.overview import MemberView, RoomView

register = template.Library()

for write in (dates.day_line, dates.short_time, dates.since, dates.clock, dates.full_time, dates.stamp):
    register.filter(write.__name__, write)


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
