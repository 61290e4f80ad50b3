"""What stands in the database where a page's entries are to be applied: read with a fixed number of statements."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from chat.models import RoomKey
from chat.services import earlier, sealing, standing, tables
from chat.services.entries import Add, Delete, Edit, Entry, Note
from chat.services.standing import Found, State
from digi.crypto import Unreadable
from digi.errors import Conflict, Forbidden, NotFound
from digi.sql import uuid_of


class Ground:
    """Rooms, members, messages and keys that the entries concern.

    `before` holds what (user, cid) has stored: (room, n, kind, seq, rev). `states` are messages by (room, seq), and
    `bodies` what they said by (room, seq, rev), where an entry repeats an earlier one. `keys` are the rooms' data keys
    of the month. The page moves rooms and states along as it applies the entries.
    """

    def __init__(self, entries: Sequence[Entry], now: datetime) -> None:
        self.entries = entries
        self._now = now

    def read(self, cursor: Any) -> None:
        """Read it all; rooms stay locked until the transaction ends."""
        self._rooms = {
            row[0]: standing.found(row) for row in tables.rooms(cursor, sorted({e.room_id for e in self.entries}))
        }
        self._members = self._read_members(cursor)
        cids = {entry.cid for entry in self.entries}
        self.before = {(row[0], uuid_of(row[1])): row[2:] for row in tables.changes(cursor, cids)}
        repeated = self._repeated()
        self.states = self._read_states(cursor, repeated)
        self.bodies = earlier.bodies(cursor, repeated, self.states)
        adding = {entry.room_id for entry in self.entries if isinstance(entry, Add) and entry.room_id in self._rooms}
        self.keys = sealing.keys_for(sorted(adding), sealing.month_of(self._now))
        self._ciphers = dict(self.keys.values()) | self._read_ciphers()

    def _read_members(self, cursor: Any) -> set[tuple[int, int]]:
        doubtful = [e for e in self.entries if e.room_id in self._rooms and e.epoch != self._rooms[e.room_id].epoch]
        if not doubtful:
            return set()
        return tables.members(cursor, {entry.room_id for entry in doubtful}, {entry.user_id for entry in doubtful})

    def _repeated(self) -> set[tuple[int, int]]:
        """(room, seq) of what an entry of the same person and cid has made or changed before."""
        before = (self.before.get((entry.user_id, entry.cid)) for entry in self.entries)
        return {(row[0], row[3]) for row in before if row is not None and row[3] is not None}

    def _read_states(self, cursor: Any, repeated: set[tuple[int, int]]) -> dict[tuple[int, int], State]:
        wanted = set(repeated)
        for entry in self.entries:
            room, message_id = self._rooms.get(entry.room_id), _target(entry)
            seq = room.seq(message_id) if room and message_id else None
            if seq:
                wanted.add((entry.room_id, seq))
        if not wanted:
            return {}
        rows = tables.messages(cursor, {room for room, _ in wanted}, {seq for _, seq in wanted})
        return {
            row[:2]: State(row[2], row[3], bool(row[4]), row[5], bytes(row[6]), row[7])
            for row in rows
            if row[:2] in wanted
        }

    def _read_ciphers(self) -> dict[int, sealing.Cipher]:
        """An edit is sealed under the key of the message's birth; a key that was destroyed is left out."""
        if not self.bodies and not any(isinstance(entry, Edit) for entry in self.entries):
            return {}
        keys = RoomKey.objects.filter(pk__in={state.key_id for state in self.states.values()})
        ciphers = {}
        for key in keys:
            with suppress(Unreadable):
                ciphers[key.pk] = sealing.opened(key)
        return ciphers

    def room_of(self, entry: Entry) -> Found:
        """The entry's room, if its writer is in it. Raises `not_member`."""
        room = self._rooms.get(entry.room_id)
        if room is not None:
            known = entry.epoch == room.epoch or (room.id, entry.user_id) in self._members
            if known or isinstance(entry, Note):
                return room
        raise Forbidden(_("You are not in this room."), code="not_member")

    def target(self, room: Found, message_id: str) -> int:
        """The seq of a message of the room. Raises `unknown_message`."""
        seq = room.seq(message_id)
        if seq is None or (room.id, seq) not in self.states:
            raise NotFound(_("There is no such message in this room."), code="unknown_message")
        return seq

    def own(self, room: Found, entry: Entry, message_id: str) -> tuple[int, State]:
        """Seq and state of the writer's own, standing message. Raises `not_yours`, `message_deleted` too."""
        seq = self.target(room, message_id)
        state = self.states[room.id, seq]
        if state.sender_id != entry.user_id:
            raise Forbidden(_("Only its writer may change a message."), code="not_yours")
        if state.deleted:
            raise Conflict(_("This message was deleted."), code="message_deleted")
        return seq, state

    def said(self, room_id: int, seq: int, rev: int) -> str | None:
        """What a stored message said at a revision; None where that is gone."""
        body = self.bodies.get((room_id, seq, rev))
        if body is None:
            return None
        try:
            return self.opened(room_id, seq, rev, self.states[room_id, seq].key_id, body)
        except Unreadable:
            return None

    def opened(self, room_id: int, seq: int, rev: int, key_id: int, body: bytes) -> str:
        """The text of a sealed body. Raises `Unreadable`."""
        return sealing.unseal(key_id, self.cipher(key_id), room_id=room_id, seq=seq, rev=rev, body=body)

    def cipher(self, key_id: int) -> sealing.Cipher:
        """A data key's cipher. Raises `Unreadable` for one that was destroyed."""
        if key_id not in self._ciphers:
            raise Unreadable
        return self._ciphers[key_id]


def _target(entry: Entry) -> str | None:
    """The message that an entry names, whether it replies to it or changes it."""
    if isinstance(entry, Add):
        return entry.reply_to
    return entry.message_id if isinstance(entry, Edit | Delete) else None
