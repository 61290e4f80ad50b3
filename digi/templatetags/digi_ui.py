"""Small parts of the look that every template uses: icons and avatars."""

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from digi.accounts.models import User

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """One icon of the sprite. `size` is "", "small" or "large"; without a `label` it is only decoration."""
    classes = f"icon {size}".strip()
    address = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, address
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address)


@register.simple_tag
def avatar(user: User, size: str = "", presence: str = "") -> SafeString:
    """A person's picture or initials, always beside their name and therefore silent.

    `size` is "", "tiny", "small" or "large"; `presence` is "online", "away" or anything else for none.
    Fetch lists of people with `select_related("avatar")`.
    """
    return format_html(
        '<span class="{}" data-tint="{}" aria-hidden="true">{}{}</span>',
        f"avatar {size}".strip(),
        user.tint,
        _face(user),
        _presence(presence),
    )


def _face(user: User) -> SafeString | str:
    if user.avatar is None:
        return user.initials
    return format_html('<img src="{}" alt="">', reverse("files:download", args=[user.avatar.uuid]))


def _presence(state: str) -> SafeString | str:
    if state not in ("online", "away"):
        return ""
    return format_html('<i class="{}"></i>', "presence" if state == "online" else "presence away")
