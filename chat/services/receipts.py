"""How far people have received and read: only ever forward, never beyond what there is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Subquery

from chat import events
from chat.models import Membership, Room
from chat.services import alerts
from digi.realtime.publish import publish
from digi.retries import patiently

MARKS = ["read", "delivered"]


@dataclass(slots=True, frozen=True)
class Receipt:
    """`user` has read (or else only received) `room` up to `seq`."""

    room_id: int
    room: str
    user_id: int
    username: str
    seq: int
    read: bool


def mark(receipts: Sequence[Receipt]) -> list[bool]:
    """Store receipts and tell the rooms; whether each was news. What is read has also been delivered.

    A fixed number of statements, however many there are. What the readers were told about the rooms is read after it,
    in transactions of their own: whoever notifies holds inboxes, and waits for nobody's receipts.
    """
    latest = {(r.room_id, r.user_id, r.read): r for r in sorted(receipts, key=lambda r: r.seq)}
    news = patiently(lambda: _mark(latest.values()))
    alerts.read({(receipt.user_id, receipt.room) for receipt in news if receipt.read})
    return [latest[r.room_id, r.user_id, r.read] is r and r in news for r in receipts]


@transaction.atomic
def _mark(receipts: Collection[Receipt]) -> set[Receipt]:
    places = _locked(receipts)
    news, moved = set(), {}
    for receipt in receipts:
        membership = places.get((receipt.room_id, receipt.user_id))
        if membership is None or receipt.seq > membership.head:  # type: ignore[attr-defined]
            continue
        if receipt.seq <= (membership.read if receipt.read else membership.delivered):
            continue
        membership.delivered = max(membership.delivered, receipt.seq)
        if receipt.read:
            membership.read = receipt.seq
        news.add(receipt)
        moved[membership.pk] = membership
        publish(_told(receipt, shown=membership.receipts))
    _keep(list(moved.values()))
    return news


def _locked(receipts: Collection[Receipt]) -> dict[tuple[int, int], Membership]:
    """Who of these people is in which of these rooms, with the room's `head`: all batches lock in the same order."""
    head = Room.objects.filter(pk=OuterRef("room")).values("head")
    rows = Membership.objects.current().filter(
        room__in={receipt.room_id for receipt in receipts}, user__in={receipt.user_id for receipt in receipts}
    )
    locked = rows.select_for_update().order_by("user_id", "room_id").annotate(head=Subquery(head))
    return {(one.room_id, one.user_id): one for one in locked}


def _keep(moved: list[Membership]) -> None:
    if len(moved) == 1:
        moved[0].save(update_fields=MARKS)  # half the work of a bulk of one
    else:
        Membership.objects.bulk_update(moved, MARKS, batch_size=250)


def _told(receipt: Receipt, *, shown: bool) -> events.MessageRead | events.MessageDelivered:
    kind = events.MessageRead if receipt.read else events.MessageDelivered
    return kind(
        topic=events.room_topic(receipt.room_id),
        room=receipt.room,
        user=receipt.username,
        seq=receipt.seq,
        shown=shown,
    )
