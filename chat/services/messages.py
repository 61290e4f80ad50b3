"""Posting, editing and deleting one message; sockets post many at once, straight through the journal."""

import uuid

from chat.models import Room
from chat.services import journal
from chat.services.entries import Add, Delete, Edit, Written
from digi.accounts.models import User


def post(*, room: Room, by: User, text: str, cid: uuid.UUID | None = None, reply_to: str | None = None) -> Written:
    """Write into a room. Raises `not_member`, `empty`, `too_long`, `unknown_message` or `cid_conflict`."""
    return journal.write_one(
        Add(
            room_id=room.pk,
            user_id=by.pk,
            username=by.username,
            cid=cid or uuid.uuid4(),
            text=text,
            reply_to=reply_to,
        )
    )


def edit(
    *,
    room: Room,
    by: User,
    message_id: str,
    text: str,
    base_rev: int | None = None,
    cid: uuid.UUID | None = None,
) -> Written:
    """Replace one's own message's text. Raises `stale_revision` with what stands there, if `base_rev` is not that."""
    return journal.write_one(
        Edit(
            room_id=room.pk,
            user_id=by.pk,
            username=by.username,
            cid=cid or uuid.uuid4(),
            message_id=message_id,
            text=text,
            base_rev=base_rev,
        )
    )


def delete(*, room: Room, by: User, message_id: str, cid: uuid.UUID | None = None) -> Written:
    """Delete one's own message with all its revisions; a tombstone stays."""
    return journal.write_one(
        Delete(
            room_id=room.pk,
            user_id=by.pk,
            username=by.username,
            cid=cid or uuid.uuid4(),
            message_id=message_id,
        )
    )
