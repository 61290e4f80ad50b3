"""Small parts of the look that every template uses: icons, avatars, fields of forms."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, PasswordInput, RadioSelect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from digi import sending
from digi.accounts.models import User

register = template.Library()

# The first that matches wins: most browsers also claim to be others.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """One icon of the sprite. `size` is "", "small" or "large"; without a `label` it is only decoration."""
    classes = f"icon {size}".strip()
    address = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, address)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address)


@register.simple_tag
def avatar(user: User, size: str = "", presence: str = "") -> SafeString:
    """A person's picture or initials, always beside their name and therefore silent.

    `size` is "", "tiny", "small", "large" or "portrait"; `presence` is "online", "away" or anything else for none.
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


@register.simple_tag
def once() -> SafeString:
    """For forms whose second sending would do it twice: a double click, or again after an answer that got lost."""
    return format_html('<input type="hidden" name="{}" value="{}">', sending.NAME, sending.fresh())


@register.inclusion_tag("includes/field.html")
def field(bound: BoundField, label: str = "", hint: str | None = None, **attrs: Any) -> dict[str, Any]:
    """A form's field as looks.md draws it: name, hint, control, error, tied by their ids.

    Further keywords become the control's attributes, `_` for `-`; False leaves one out.
    Without `label` and `hint` the form's own stand; `link` and `link_name` put a link beside the name.
    """
    beside = {"link": attrs.pop("link", ""), "link_name": attrs.pop("link_name", "")}
    widget = bound.field.widget
    hint = str(bound.help_text) if hint is None else hint
    given = {"placeholder": False} | {name.replace("_", "-"): value for name, value in attrs.items()}
    if not isinstance(widget, CheckboxInput | RadioSelect):
        given["class"] = "input"
    if given.get("role") == "switch":
        given["class"] = "switch"
    described = [f"{bound.auto_id}_{part}" for part, there in (("helptext", hint), ("error", bound.errors)) if there]
    given["aria-describedby"] = " ".join(described) or False
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=given),
        "label": label or bound.label,
        "hint": hint,
        "kind": _kind(bound),
        **beside,
    }


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, CheckboxInput):
        return "choice"
    if isinstance(widget, RadioSelect):  # and its heir, the list of checkboxes
        return "choices"
    return "secret" if isinstance(widget, PasswordInput) else "text"


@register.filter
def device(user_agent: str) -> str:
    """A browser's own description as a person would say it: "Firefox on Linux"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")
