"""The journal's statements, set-wise: as many queries for five hundred entries as for one.

Through Django's cursor, not the ORM: this path decides how many messages a second the server stores (1.6 ms a batch
of one with the ORM, 0.3 ms so). Table names come from the models.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter

from django.db import connection
from django.db.backends.utils import CursorWrapper

from chat.models import Change, Membership, Message, Revision, Room
from digi.sql import Row, ask, insert, many, moment, padded, placeholders

# ruff: noqa: S608 - the only names put into statements are the models' own table names
ROOM = Room._meta.db_table
MEMBERSHIP = Membership._meta.db_table
MESSAGE = Message._meta.db_table
REVISION = Revision._meta.db_table
CHANGE = Change._meta.db_table
ADDED = ("room_id", "sender_id", "seq", "n", "rev", "cid", "key_id", "body", "reply_to", "at", "deleted")
WRITTEN = ("room_id", "n", "kind", "seq", "rev", "actor_id", "subject_id", "detail", "cid", "at", "digest", "hash")


def rooms(cursor: CursorWrapper, ids: Iterable[int]) -> list[Row]:
    """(id, uuid, head, head_hash, epoch, id_key) of rooms, locked in the order of their ids."""
    hint, tail = _lock(cursor)
    return ask(
        cursor,
        f"SELECT id, uuid, head, head_hash, epoch, id_key FROM {ROOM}{hint} WHERE id IN ({{}}) ORDER BY id{tail}",
        ids,
    )


def members(cursor: CursorWrapper, room_ids: Iterable[int], user_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(room, user) of present members; a superset of what was asked is fine."""
    text = (
        f"SELECT room_id, user_id FROM {MEMBERSHIP} WHERE left_at IS NULL AND room_id IN ({{}}) AND user_id IN ({{}})"
    )
    return {(room, user) for room, user in ask(cursor, text, room_ids, user_ids)}


def changes(cursor: CursorWrapper, cids: Iterable[uuid.UUID]) -> list[Row]:
    """(actor, cid, room, n, kind, seq, rev) of what was written under these cids."""
    text = f"SELECT actor_id, cid, room_id, n, kind, seq, rev FROM {CHANGE} WHERE cid IN ({{}})"
    return ask(cursor, text, map(spelling(), cids))


def messages(cursor: CursorWrapper, room_ids: Iterable[int], seqs: Iterable[int]) -> list[Row]:
    """(room, seq, rev, sender, deleted, key, body, when its present body was written)."""
    text = (
        f"SELECT room_id, seq, rev, sender_id, deleted, key_id, body, COALESCE(changed_at, at) FROM {MESSAGE}"
        " WHERE room_id IN ({}) AND seq IN ({})"
    )
    return ask(cursor, text, room_ids, seqs)


def revisions(cursor: CursorWrapper, room_ids: Iterable[int], seqs: Iterable[int]) -> list[Row]:
    """(room, seq, rev, body) of what edits have replaced; a superset of what was asked is fine."""
    text = (
        f"SELECT m.room_id, m.seq, r.rev, r.body FROM {REVISION} r JOIN {MESSAGE} m ON m.id = r.message_id"
        " WHERE m.room_id IN ({}) AND m.seq IN ({})"
    )
    return ask(cursor, text, room_ids, seqs)


def insert_messages(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """Values of `ADDED` each, the cid as `spelling` and the moment as `moment` gives it."""
    insert(cursor, MESSAGE, ADDED, rows)


def update_messages(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """(n, rev, body, at, deleted, room, seq) each."""
    many(
        cursor,
        f"UPDATE {MESSAGE} SET n = %s, rev = %s, body = %s, changed_at = %s, deleted = %s"
        " WHERE room_id = %s AND seq = %s",
        [(n, rev, body, moment(at), deleted, room, seq) for n, rev, body, at, deleted, room, seq in rows],
    )


def keep_revisions(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """(rev, body, at as read or as datetime, room, seq) each: bodies that an edit replaces."""
    many(
        cursor,
        f"INSERT INTO {REVISION} (message_id, rev, body, at)"
        f" SELECT id, %s, %s, %s FROM {MESSAGE} WHERE room_id = %s AND seq = %s",
        [(rev, body, moment(at), room, seq) for rev, body, at, room, seq in rows],
    )


def drop_revisions(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """(room, seq) each: a deleted message keeps no earlier text."""
    many(
        cursor,
        f"DELETE FROM {REVISION} WHERE message_id IN (SELECT id FROM {MESSAGE} WHERE room_id = %s AND seq = %s)",
        rows,
    )


def insert_changes(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """Values of `WRITTEN` each, the cid as `spelling` and the moment as `moment` gives it."""
    insert(cursor, CHANGE, WRITTEN, rows)


def move_heads(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """(room, head, hash) each."""
    if cursor.db.vendor == "microsoft":  # which has no such UPDATE
        many(cursor, f"UPDATE {ROOM} SET head = %s, head_hash = %s WHERE id = %s", [(*row[1:], row[0]) for row in rows])
    elif rows:
        rows = padded(rows)
        cursor.execute(_moving(len(rows)), list(chain.from_iterable(rows)))


@lru_cache(maxsize=16)
def _moving(count: int) -> str:
    return (
        f"UPDATE {ROOM} SET head = moved.column2, head_hash = moved.column3 FROM ({placeholders(count, 3)}) AS moved"
        f" WHERE {ROOM}.id = moved.column1"
    )


def _lock(cursor: CursorWrapper) -> tuple[str, str]:
    """How a SELECT locks its rows: SQL Server's hint stands behind the table, others' clause at the end."""
    if cursor.db.vendor == "microsoft":
        return " WITH (ROWLOCK, UPDLOCK)", ""
    return "", " FOR UPDATE" if cursor.db.features.has_select_for_update else ""


def spelling() -> Callable[[uuid.UUID], uuid.UUID | str]:
    """How this database takes a UUID."""
    return (lambda cid: cid) if connection.features.has_native_uuid_field else attrgetter("hex")
