"""Inboxes, locked while something changes in them, and what is told of a change."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Subquery

from digi.accounts.models import User
from digi.notifications import events
from digi.notifications.models import Inbox, Notification
from digi.realtime.publish import publish

AT_ONCE = 50  # changes that one event carries; of more, sockets read for themselves


def locked(user_ids: Collection[int]) -> dict[int, Inbox]:
    """The inboxes of these people, made where there is none, locked in the order of their ids."""
    wanted = sorted(user_ids)
    found = _lock(wanted)
    missing = [user for user in wanted if user not in found]
    if missing:
        _make(missing)
        found = _lock(wanted)
    return found


def keep(boxes: Collection[Inbox]) -> None:
    """Store the numbers that locked inboxes have come to."""
    if len(boxes) == 1:
        for box in boxes:
            box.save(update_fields=["head", "born"])  # half the work of a bulk of one
    else:
        Inbox.objects.bulk_update(boxes, ["head", "born"], batch_size=100)


def inbox_of(user_id: int) -> Inbox:
    """A person's inbox for looking, fresh where nothing was ever in it."""
    return Inbox.objects.filter(user_id=user_id).first() or Inbox(user_id=user_id)


def unread_of(user_ids: Iterable[int]) -> dict[int, int]:
    """How many unread notifications stand in each of these inboxes."""
    rows = Notification.objects.filter(user__in=list(user_ids), listed=True).unread().order_by()
    return {row["user"]: row["unread"] for row in rows.values("user").annotate(unread=Count("pk"))}


def glance(user: User) -> tuple[int, int]:
    """(head, unread) of a person's inbox, in one query: what every page of theirs shows."""
    unread = Notification.objects.of(OuterRef("user")).unread().order_by().values("user")
    counted = Subquery(unread.annotate(unread=Count("pk")).values("unread"))
    found = Inbox.objects.filter(user=user).annotate(unread=counted).values_list("head", "unread").first()
    return (found[0], found[1] or 0) if found else (0, 0)


def tell(inbox: Inbox, changes: list[dict[str, Any]], unread: int) -> None:
    """Publish what the inbox's change number `head` has done."""
    sent = changes if len(changes) <= AT_ONCE else []
    topic = events.inbox_topic(inbox.user_id)
    publish(events.InboxChanged(topic=topic, n=inbox.head, changes=sent, unread=unread))


def _make(user_ids: list[int]) -> None:
    try:
        with transaction.atomic():
            Inbox.objects.bulk_create([Inbox(user_id=user) for user in user_ids], batch_size=100)
    except IntegrityError:  # somebody else makes one of them at this very moment
        for user in user_ids:
            Inbox.objects.get_or_create(user_id=user)


def _lock(user_ids: list[int]) -> dict[int, Inbox]:
    inboxes = Inbox.objects.select_for_update().filter(user__in=user_ids).order_by("user_id")
    return {inbox.user_id: inbox for inbox in inboxes}
