"""Notifications as people see them: one shape for pages, API and sockets, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.utils import translation

from digi.accounts.models import User
from digi.moments import moment
from digi.notifications.kinds import Told, kinds, reasons
from digi.notifications.models import Notification


def told(notification: Notification) -> Told:
    """What its sentence is made of; the actor must have been read with it."""
    actor = notification.actor
    return Told(
        actor=actor.get_full_name() if actor is not None else "",
        others=max(0, len(notification.people) - 1),
        count=notification.count,
        title=notification.title,
        facts=notification.facts,
    )


def text(notification: Notification) -> str:
    """What happened, in the active language; the title, where the kind is of another release."""
    kind = kinds.get(notification.kind)
    return kind.sentence(told(notification)) if kind is not None else notification.title


def why(notification: Notification) -> str:
    """Why the person is told, as a clause in the active language."""
    reason = reasons.get(notification.reason)
    return str(reason.sentence) if reason is not None else ""


def view(notification: Notification) -> dict[str, Any]:
    """A notification as plain JSON, in the active language."""
    actor = notification.actor
    return {
        "id": notification.number,
        "n": notification.changed,
        "kind": notification.kind,
        "text": text(notification),
        "title": notification.title,
        "why": why(notification),
        "reason": notification.reason,
        "actor": {"user": actor.username, "name": actor.get_full_name()} if actor is not None else None,
        "count": notification.count,
        "target": notification.target,
        "url": notification.url,
        "at": moment(notification.at),
        "seen": notification.seen_at is not None,
        "read": notification.read_at is not None,
        "done": notification.done_at is not None,
        "snoozed_until": moment(notification.wakes_at) if notification.wakes_at else None,
    }


def views_for(user: User, notifications: Iterable[Notification]) -> list[dict[str, Any]]:
    """The same for several, in the person's own language whatever is active."""
    with translation.override(user.language):
        return [view(notification) for notification in notifications]
