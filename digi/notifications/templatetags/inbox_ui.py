"""The bell of every page, and the small parts of the inbox's look."""

from typing import Any

from django import template

from digi.notifications.models import Watch
from digi.notifications.services import inboxes
from digi.socket_urls import socket_url

register = template.Library()


@register.inclusion_tag("notifications/bell.html", takes_context=True)
def bell(context: template.Context) -> dict[str, Any]:
    """The way to the inbox with the count of what is unread; a script keeps it true. One query.

    Where a page counts something else in its title, such as chat, the bell leaves the title alone.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    area = getattr(match, "namespace", "")
    head, unread = inboxes.glance(context["user"])
    return {
        "socket": socket_url("notifications/"),
        "n": head,
        "unread": unread,
        "here": area == "notifications" and getattr(match, "url_name", "") != "preferences",
        "titled": area != "chat",
    }


@register.simple_tag(takes_context=True)
def watch_level(context: template.Context, target: str) -> str:
    """How much the person has said that they want to hear about this; empty where nothing was said. One query."""
    found = Watch.objects.filter(user=context["user"], target=target).values_list("level", flat=True)
    return found.first() or ""
