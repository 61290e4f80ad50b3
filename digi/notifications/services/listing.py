"""An inbox as lists: a page of it, or what has changed; a fixed number of queries, however many rows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from digi.accounts.models import User
from digi.notifications.models import Notification
from digi.notifications.models.inboxes import NotificationQuerySet
from digi.notifications.services import catching
from digi.notifications.services.views import views_for


class Shelf(TextChoices):
    """Which part of an inbox."""

    INBOX = "inbox"
    UNREAD = "unread"
    DONE = "done"
    SNOOZED = "snoozed"
    ALL = "all"


@dataclass(slots=True, frozen=True)
class Page:
    """Notifications as `views.view` makes them. `next` is what to ask for as `before`, or `after`; None at the end."""

    results: list[dict[str, Any]]
    next: int | None
    last_id: int
    unread: int
    revoked: list[int]


def page(*, user: User, shelf: str = Shelf.INBOX, kind: str = "", before: int | None = None, limit: int = 50) -> Page:
    """The newest of a shelf first; `before` is the last page's `next`. Three queries."""
    rows = _on(shelf, Notification.objects.of(user))
    if kind:
        rows = rows.filter(kind=kind)
    if before is not None:
        rows = rows.filter(latest__lt=before)
    found = list(rows.select_related("actor").order_by("-latest")[: limit + 1])
    shown = found[:limit]
    ((head, unread),) = catching.greetings([user.pk])
    return Page(views_for(user, shown), shown[-1].latest if len(found) > limit else None, head, unread, [])


def changes(*, user: User, after: int, limit: int = 50) -> Page:
    """What has changed after a number, in the order of the numbers, as it stands now; `revoked` are gone."""
    ((head, unread),) = catching.greetings([user.pk])
    changed = Notification.objects.filter(user=user, changed__gt=after, changed__lte=head)
    rows = changed.select_related("actor").order_by("changed", "number")
    found = list(rows[: limit + 1])
    more = len(found) > limit
    if more:
        last = found[-1].changed
        found = [row for row in found if row.changed < last] or list(rows.filter(changed=last))
    revoked = [row.number for row in found if row.revoked]
    shown = [row for row in found if row.listed]
    return Page(views_for(user, shown), found[-1].changed if more else None, head, unread, revoked)


def one(*, user: User, number: int) -> Notification | None:
    """One notification of the person's own."""
    return Notification.objects.of(user).select_related("actor").filter(number=number).first()


def _on(shelf: str, rows: NotificationQuerySet) -> NotificationQuerySet:
    match shelf:
        case Shelf.UNREAD:
            return rows.unread()
        case Shelf.DONE:
            return rows.exclude(done_at=None)
        case Shelf.SNOOZED:
            return rows.filter(done_at=None).exclude(wakes_at=None)
        case Shelf.ALL:
            return rows
    return rows.shown()
