"""What people write about meetings, as a page shows it."""

import re

from django import template
from django.utils.safestring import SafeString

from chat import markdown

register = template.Library()

_BOX = re.compile(r"^(\s{0,8}[-*] )\[([ xX])\] ", re.MULTILINE)


@register.filter
def prose(text: str) -> SafeString:
    """Markdown as safe HTML; the boxes of action items are drawn as boxes."""
    return markdown.render(_BOX.sub(lambda found: f"{found[1]}{'☐' if found[2] == ' ' else '☑'} ", text))


@register.filter
def is_address(place: str) -> bool:
    """May the place be followed as a link?"""
    return place.startswith(("https://", "http://")) and not re.search(r"\s", place)
