"""What the chat holds about a person: their rooms, what they wrote there, and what they began to write."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from chat.models import Change, Draft, Membership, Message, Revision, RoomKey
from chat.services import drafts, sealing
from digi.accounts.holdings import Holding, register
from digi.accounts.models import User
from digi.crypto import Unreadable
from digi.moments import moment

TALKS = _("What you wrote to others is theirs to read, too; it stays, under a name that says nothing.")
LOG = _("A room’s log is chained by hashes, so that nobody can change what was said; it names you by a number.")


def register_own() -> None:
    register(
        Holding(name="chat/rooms", label=_("Rooms you are or were in"), rows=_rooms, shown=_shown_rooms, why=TALKS),
        Holding(name="chat/messages", label=_("Messages you wrote"), rows=_messages, shown=_shown_messages, why=TALKS),
        Holding(name="chat/log", label=_("Lines about you in the logs of rooms"), rows=_log, why=LOG),
        Holding(name="chat/drafts", label=_("What you began to write"), rows=_drafts, shown=_shown_drafts),
    )


def _rooms(user: User) -> "QuerySet[Membership]":
    return Membership.objects.filter(user=user).select_related("room")


def _messages(user: User) -> "QuerySet[Message]":
    """By way of the rooms, since messages have no index by sender."""
    mine = Membership.objects.filter(user=user).values("room")
    return Message.objects.filter(room__in=mine, sender=user).select_related("room", "key")


def _log(user: User) -> "QuerySet[Change]":
    mine = Membership.objects.filter(user=user).values("room")
    return Change.objects.filter(Q(actor=user) | Q(subject=user), room__in=mine)


def _drafts(user: User) -> "QuerySet[Draft]":
    return Draft.objects.filter(membership__user=user).select_related("membership__room")


def _shown_rooms(user: User, rows: Sequence[Membership]) -> list[dict[str, Any]]:
    """Names as the person reads them: of rooms that they have left, they read none any more."""
    names = _names(user, [row for row in rows if row.left_at is None])
    return [
        {
            "room": str(row.room.uuid),
            "name": names.get(row.room_id),
            "role": row.role,
            "joined_at": moment(row.joined_at),
            "left_at": moment(row.left_at) if row.left_at else None,
            "read_receipts": row.receipts,
        }
        for row in rows
    ]


def _names(user: User, rows: Iterable[Membership]) -> dict[int, str]:
    """A room's own title, or who else is in it."""
    titles = {row.room_id: row.room.title for row in rows}
    untitled = [room for room, title in titles.items() if not title]
    others: dict[int, list[str]] = defaultdict(list)
    for member in Membership.objects.filter(room__in=untitled).exclude(user=user).select_related("user").order_by("pk"):
        others[member.room_id].append(member.user.get_full_name())
    return titles | {room: ", ".join(names) for room, names in others.items()}


def _shown_messages(user: User, rows: Sequence[Message]) -> list[dict[str, Any]]:
    """The person's own words, and nobody's answers; of deleted messages and destroyed keys there are none."""
    ciphers = _ciphers({row.key_id: row.key for row in rows})
    earlier: dict[int, list[Revision]] = defaultdict(list)
    for revision in Revision.objects.filter(message__in=[row.pk for row in rows]).order_by("rev"):
        earlier[revision.message_id].append(revision)
    return [
        {
            "room": str(row.room.uuid),
            "at": moment(row.at),
            "changed_at": moment(row.changed_at) if row.changed_at else None,
            "deleted": row.deleted,
            "text": None if row.deleted else _text(ciphers, row, row.rev, row.body),
            "earlier": [
                {"at": moment(old.at), "text": _text(ciphers, row, old.rev, old.body)}
                for old in earlier[row.pk]
                if not row.deleted
            ],
        }
        for row in rows
    ]


def _ciphers(keys: dict[int, RoomKey]) -> dict[int, sealing.Cipher]:
    found = {}
    for pk, key in keys.items():
        with suppress(Unreadable):
            found[pk] = sealing.opened(key)
    return found


def _text(ciphers: dict[int, sealing.Cipher], row: Message, rev: int, body: Any) -> str | None:
    if row.key_id not in ciphers:
        return None
    with suppress(Unreadable):
        key = ciphers[row.key_id]
        return sealing.unseal(row.key_id, key, room_id=row.room_id, seq=row.seq, rev=rev, body=body)
    return None


def _shown_drafts(_user: User, rows: Sequence[Draft]) -> list[dict[str, Any]]:
    texts = drafts.texts(row.membership_id for row in rows)
    return [
        {"room": str(row.membership.room.uuid), "at": moment(row.at), "text": texts.get(row.membership_id)}
        for row in rows
    ]
