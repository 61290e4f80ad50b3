"""How far people have received and read: only ever forward, never beyond what there is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from chat import events
from chat.models import Membership
from chat.services import alerts
from digi.realtime.publish import publish


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
    """Store receipts and tell the rooms; whether each was news. What is read has also been delivered."""
    latest = {(r.room_id, r.user_id, r.read): r for r in sorted(receipts, key=lambda r: r.seq)}
    with transaction.atomic():
        news = {key: _mark(receipt) for key, receipt in latest.items()}
    return [news[r.room_id, r.user_id, r.read] and latest[r.room_id, r.user_id, r.read] is r for r in receipts]


def _mark(receipt: Receipt) -> bool:
    membership = (
        Membership.objects.current()
        .filter(room=receipt.room_id, user=receipt.user_id, room__head__gte=receipt.seq)
        .values("read", "delivered", "receipts")
        .first()
    )
    if membership is None or receipt.seq <= membership["read" if receipt.read else "delivered"]:
        return False

    mine = Membership.objects.filter(room=receipt.room_id, user=receipt.user_id)
    for column in ("delivered", "read") if receipt.read else ("delivered",):
        mine.filter(**{f"{column}__lt": receipt.seq}).update(**{column: receipt.seq})  # another process may be ahead
    if receipt.read:
        alerts.read(user_id=receipt.user_id, room=receipt.room)
    kind = events.MessageRead if receipt.read else events.MessageDelivered
    publish(
        kind(
            topic=events.room_topic(receipt.room_id),
            room=receipt.room,
            user=receipt.username,
            seq=receipt.seq,
            shown=membership["receipts"],
        )
    )
    return True
