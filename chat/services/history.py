"""Reading a room: pages of messages for people, and what came after a number for sockets."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chat import events
from chat.models import Change, ChangeKind, Message, Revision, Room, RoomKey
from chat.services import sealing
from digi.crypto import Unreadable
from digi.moments import moment
from digi.realtime.following import Look

PAGE = 500  # changes that one look after a number brings

_FIELDS = (
    "seq", "n", "rev", "sender__username", "cid", "key_id", "body", "reply_to", "at", "changed_at", "deleted"
)  # fmt: skip


@dataclass(slots=True, frozen=True)
class Shown:
    """A message as its reader gets it; `message` is None once it is deleted, or its key is destroyed."""

    message_id: str
    n: int
    seq: int
    rev: int
    user: str
    message: str | None
    at: datetime
    changed_at: datetime | None
    deleted: bool
    reply_to: str | None
    cid: str


def page(
    room: Room, *, before: int | None = None, after: int | None = None, limit: int = 50
) -> tuple[list[Shown], bool]:
    """Up to `limit` messages in ascending seq, next to a seq on the asked side, and whether there are more there."""
    rows = Message.objects.filter(room=room)
    if after is not None:
        found = list(rows.filter(seq__gt=after).order_by("seq").values_list(*_FIELDS)[: limit + 1])
        more = len(found) > limit
        return _shown(room, found[:limit]), more
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows.order_by("-seq").values_list(*_FIELDS)[: limit + 1])
    return _shown(room, found[:limit][::-1]), len(found) > limit


def last_messages(rooms: Iterable[Room]) -> dict[int, Shown]:
    """Each room's newest message, in three queries however many rooms."""
    by_id = {room.pk: room for room in rooms}
    newest = Message.objects.newest_in(by_id).values_list("room_id", *_FIELDS)
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for row in newest:
        grouped.setdefault(row[0], []).append(row[1:])
    ciphers = _ciphers({row[5] for rows in grouped.values() for row in rows})
    return {room_id: _show(by_id[room_id], rows[0], ciphers) for room_id, rows in grouped.items()}


def message(room: Room, seq: int) -> Shown | None:
    found = list(Message.objects.filter(room=room, seq=seq).values_list(*_FIELDS))
    return _shown(room, found)[0] if found else None


def by_ids(room: Room, message_ids: Iterable[str]) -> list[Shown]:
    """The messages of these ids, in no order."""
    numbering = sealing.numbering(bytes(room.id_key), room.uuid.bytes)
    seqs = [numbering.reveal(message_id) for message_id in message_ids]
    return _shown(room, list(Message.objects.filter(room=room, seq__in=seqs).values_list(*_FIELDS)))


def revisions(room: Room, seq: int) -> list[tuple[int, str, datetime]]:
    """(revision, text, time) of a message, oldest first, the present one last; nothing of a deleted or shredded one."""
    stored = Message.objects.select_related("key").filter(room=room, seq=seq, deleted=False).first()
    if stored is None:
        return []
    rows = [(row.rev, row.body, row.at) for row in Revision.objects.filter(message=stored).order_by("rev")]
    rows.append((stored.rev, stored.body, stored.changed_at or stored.at))
    try:
        key = sealing.opened(stored.key)
        return [
            (rev, sealing.unseal(stored.key_id, key, room_id=room.pk, seq=seq, rev=rev, body=body), at)
            for rev, body, at in rows
        ]
    except Unreadable:
        return []


def after(room: Room, since: int, *, limit: int = PAGE) -> Look:
    """What has changed after number `since`: messages in their present state, in the order of their last change.

    Numbers that a later change has overtaken come as `Passed`, so that a client's numbers have no holes. A message
    comes as an add even when it has been edited: who reads may never have had it.
    """
    log = list(
        Change.objects.filter(room=room, n__gt=since)
        .order_by("n")
        .values_list("n", "kind", "seq", "actor__username", "subject__username", "detail", "at")[:limit]
    )
    if not log:
        return Look([], min(since, room.head), False)  # whoever claims to be further would wait for ever
    last = log[-1][0]
    seqs = {change[2] for change in log if change[2] is not None}
    rows = list(Message.objects.filter(room=room, seq__in=seqs).values_list(*_FIELDS))
    present = {shown.n: shown for shown in _shown(room, [row for row in rows if row[1] <= last])}
    found: list[events.RoomEvent] = []
    for change in log:
        _append(found, room, change, present.get(change[0]))
    # One of them was changed by somebody meanwhile? Then the reading goes on: that change's own event would be an edit
    # of a message that the client never got.
    overtaken = any(row[1] > last for row in rows)
    return Look(found, last, len(log) == limit or overtaken)


def looks(asked: Sequence[tuple[int, int]]) -> list[Look]:
    """`after` for many (room, since) at once; those who ask the same share the answer."""
    rooms = Room.objects.in_bulk({room for room, _ in asked})
    found = {key: after(rooms[key[0]], key[1]) for key in set(asked)}
    return [found[key] for key in asked]


def _append(found: list[events.RoomEvent], room: Room, change: tuple[Any, ...], shown: Shown | None) -> None:
    n, kind, seq, actor, subject, detail, at = change
    common = {"topic": events.room_topic(room.pk), "room": str(room.uuid), "n": n}
    if seq is not None:
        if shown is not None:
            found.append(as_event(room, shown))
        elif found and isinstance(found[-1], events.Passed):
            found[-1] = events.Passed(**common, first=found[-1].first, last=n)
        else:
            found.append(events.Passed(**common, first=n, last=n))
    elif kind == ChangeKind.SETTING:
        setting, _, value = detail.partition("=")
        found.append(events.SettingChanged(**common, user=subject, setting=setting, value=value, at=moment(at)))
    else:
        state = "joined" if kind == ChangeKind.JOIN else "left"
        found.append(events.MemberChanged(**common, user=subject, state=state, by=actor, at=moment(at)))


def as_event(room: Room, shown: Shown) -> events.RoomEvent:
    """A message's present state as the event that brings it."""
    common: dict[str, Any] = {
        "topic": events.room_topic(room.pk),
        "room": str(room.uuid),
        "n": shown.n,
        "seq": shown.seq,
        "rev": shown.rev,
        "message_id": shown.message_id,
        "user": shown.user,
    }
    if shown.message is None:
        return events.MessageDeleted(**common, at=moment(shown.changed_at or shown.at))
    return events.MessageAdded(
        **common,
        message=shown.message,
        at=moment(shown.at),
        cid=shown.cid,
        reply_to=shown.reply_to,
        changed=moment(shown.changed_at) if shown.changed_at else None,
    )


def _shown(room: Room, rows: list[Any]) -> list[Shown]:
    ciphers = _ciphers({row[5] for row in rows})
    return [_show(room, row, ciphers) for row in rows]


def _ciphers(key_ids: set[int]) -> dict[int, sealing.Cipher]:
    """The ciphers of these data keys; one that was destroyed is left out."""
    ciphers = {}
    for key in RoomKey.objects.filter(pk__in=key_ids) if key_ids else ():
        with suppress(Unreadable):
            ciphers[key.pk] = sealing.opened(key)
    return ciphers


def _show(room: Room, row: Any, ciphers: dict[int, sealing.Cipher]) -> Shown:
    seq, n, rev, user, cid, key_id, body, reply_to, at, changed_at, deleted = row
    numbering = sealing.numbering(bytes(room.id_key), room.uuid.bytes)
    text = None
    if not deleted and key_id in ciphers:
        with suppress(Unreadable):
            text = sealing.unseal(key_id, ciphers[key_id], room_id=room.pk, seq=seq, rev=rev, body=body)
    return Shown(
        message_id=numbering.hide(seq),
        n=n,
        seq=seq,
        rev=rev,
        user=user,
        message=text,
        at=at,
        changed_at=changed_at,
        deleted=text is None,
        reply_to=numbering.hide(reply_to) if reply_to is not None else None,
        cid=str(cid),
    )
