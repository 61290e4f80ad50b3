"""Notifications as the rows of a page: with faces, headings and addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.notifications.forms.inbox import Place
from digi.notifications.kinds import kinds

WEEK = 7  # days


@dataclass(slots=True, kw_only=True)
class Row:
    """What `services.views.view` gives, and what a page adds. `heading` stands above the first row of a stretch."""

    told: dict[str, Any]
    actor: User | None
    at: datetime
    until: datetime | None
    days: int
    heading: str
    lead: str
    rest: str
    icon: str
    href: str
    current: bool


def rows_of(views: Sequence[dict[str, Any]], place: Place, current: int | None = None) -> list[Row]:
    """Rows of a page, each stretch of days headed once. One query for the faces."""
    names = {told["actor"]["user"] for told in views if told["actor"]}
    people = {user.username: user for user in User.objects.filter(username__in=names).select_related("avatar")}
    rows = [_row(told, people, place, current) for told in views]
    _head(rows)
    return rows


def _row(told: dict[str, Any], people: dict[str, User], place: Place, current: int | None) -> Row:
    name = told["actor"]["name"] if told["actor"] else ""
    text = capfirst(told["text"])
    lead = name if name and text.startswith(name) else ""
    known = kinds.get(told["kind"])
    at = datetime.fromisoformat(told["at"])
    return Row(
        told=told,
        actor=people.get(told["actor"]["user"]) if told["actor"] else None,
        at=at,
        until=datetime.fromisoformat(told["snoozed_until"]) if told["snoozed_until"] else None,
        days=(timezone.localdate() - timezone.localtime(at).date()).days,
        heading="",
        lead=lead,
        rest=text.removeprefix(lead),
        icon=known.icon if known else "bell",
        href=reverse("notifications:item", args=[told["id"]]) + place.query(),
        current=told["id"] == current,
    )


def _head(rows: list[Row]) -> None:
    """What came back after being put off stands among newer ones: it counts as new as what stands below it."""
    newest, names = None, []
    for row in reversed(rows):
        newest = row.days if newest is None else min(newest, row.days)
        names.append(_stretch(newest))
    before = ""
    for row, name in zip(rows, reversed(names), strict=True):
        row.heading = name if name != before else ""
        before = name


def _stretch(days: int) -> str:
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    return _("The last seven days") if days < WEEK else _("Earlier")
