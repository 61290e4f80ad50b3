"""Small parts of the look of discussions."""

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

from chat import markdown
from thesis.models import Comment, Thesis
from thesis.services import requests
from thesis.services.access import Standing

register = template.Library()

# Tags as nh3 writes them, attributes in double quotes; what stands in code and in links is left as it is.
_APART = re.compile(r'(<(?:code|pre|a)\b.*?</(?:code|pre|a)>|<(?:[^">]|"[^"]*")*>)', re.DOTALL)
_NAME = re.compile(r"(?<![\w@./+-])@([\w.+-]{2,150})")


@register.simple_tag
def words(comment: Comment) -> SafeString:
    """What was written, as safe HTML; names of people who were mentioned stand out. Prefetch `mentions` for lists."""
    people = {user.username: user for user in comment.mentions.all()}
    html = markdown.render(comment.body)
    if not people:
        return html

    def named(found: re.Match[str]) -> str:
        name = found[1].rstrip(".-+")
        rest = found[1][len(name) :]
        return f'<span class="mention">@{name}</span>{rest}' if name.lower() in people else found[0]

    pieces = _APART.split(html)
    pieces[::2] = [_NAME.sub(named, piece) for piece in pieces[::2]]
    return mark_safe("".join(pieces))


@register.simple_tag
def requests_waiting(thesis: Thesis, standing: Standing) -> int:
    """How many change requests wait for the person."""
    return requests.waiting_for(thesis, standing)
