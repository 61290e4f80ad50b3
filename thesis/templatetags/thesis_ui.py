"""Small parts of the look of theses."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from digi.templatetags.digi_ui import icon
from thesis.states import State

register = template.Library()

GLYPHS = {
    State.PROPOSAL_REVIEW: "state-proposal",
    State.UNDER_REVIEW: "state-review",
    State.COMPLETED: "state-graded",
    State.ARCHIVED: "archive",
}


@register.simple_tag
def glyph(value: str) -> SafeString:
    """A state's ring alone, beside its name."""
    known = State(value)
    return icon(GLYPHS.get(known, f"state-{known}"))


@register.simple_tag
def state(value: str) -> SafeString:
    """A state as a ring that fills, and its name."""
    known = State(value)
    return format_html('<span class="state" data-state="{}">{}{}</span>', known.value, glyph(value), known.label)
