"""One transaction's worth of the journal: reads what the entries need, applies them one by one, writes the outcome."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from chat import events
from chat.models import ChangeKind
from chat.services import chain, earlier, sealing, tables
from chat.services.entries import Add, Delete, Edit, Entry, Note, Written, checked
from chat.services.ground import Ground
from chat.services.standing import Found, State
from digi import sql
from digi.crypto import Unreadable
from digi.errors import Conflict, DigiError, Unavailable
from digi.moments import moment

NO_BODY = b""


class Page:
    """The entries of one transaction, all dated `now`; `events` is what to tell after the commit."""

    def __init__(self, entries: Sequence[Entry], now: datetime) -> None:
        self.entries = entries
        self.at = moment(now)
        self._stamp = sql.moment(now)  # as the database takes it, once for all rows
        self._spelt = tables.spelling()  # the same for its cids
        self._hashed = chain.stamp(now)  # as the chain does
        self.events: list[events.RoomEvent] = []
        self._ground = Ground(entries, now)
        self._added: list[sql.Row] = []
        self._updated: list[sql.Row] = []
        self._kept: list[sql.Row] = []
        self._dropped: list[sql.Row] = []
        self._changes: list[sql.Row] = []
        self._touched: dict[int, Found] = {}

    def write(self) -> list[Written | DigiError]:
        """Answer every entry and store what came of them; inside the caller's transaction."""
        with connection.cursor() as cursor:
            self._ground.read(cursor)
            answers = [self._answer(entry) for entry in self.entries]
            tables.insert_messages(cursor, self._added)
            tables.keep_revisions(cursor, self._kept)
            tables.drop_revisions(cursor, self._dropped)
            tables.update_messages(cursor, self._updated)
            tables.insert_changes(cursor, self._changes)
            tables.move_heads(cursor, [(room.id, room.head, room.hash) for room in self._touched.values()])
        return answers

    def _answer(self, entry: Entry) -> Written | DigiError:
        try:
            room = self._ground.room_of(entry)
            before = self._ground.before.get((entry.user_id, entry.cid))
            if before is not None:
                return self._again(room, entry, before)
            written = self._apply(room, entry)
        except DigiError as error:
            return error
        except Unreadable:
            return Conflict(_("This message can no longer be read."), code="message_deleted")

        kind = _KINDS.get(type(entry))
        self._ground.before[entry.user_id, entry.cid] = (room.id, written.n, kind, written.seq, written.rev)
        return written

    def _again(self, room: Found, entry: Entry, before: tuple[Any, ...]) -> Written:
        """The same person's same cid: the first answer once more, if it asks for the same."""
        room_id, n, kind, seq, rev = before
        same = room_id == room.id and kind == _KINDS.get(type(entry)) and _concerns(room, entry, seq)
        if not same or not earlier.said_the_same(entry, self._said(room.id, seq, rev)):
            raise Conflict(_("This id was already used for something else."), code="cid_conflict")
        return Written(n=n, seq=seq, rev=rev, message_id=room.numbering.hide(seq), duplicate=True)

    def _said(self, room_id: int, seq: int, rev: int) -> str | None:
        """What a message said at a revision, stored or written by this very page; None where that is gone."""
        for event in reversed(self.events):
            if not isinstance(event, events.MessageAdded | events.MessageEdited):
                continue
            if (event.topic, event.seq, event.rev) == (events.room_topic(room_id), seq, rev):
                return event.message
        return self._ground.said(room_id, seq, rev)

    def _apply(self, room: Found, entry: Entry) -> Written:
        match entry:
            case Add():
                return self._add(room, entry)
            case Edit():
                return self._edit(room, entry)
            case Delete():
                return self._delete(room, entry)
            case Note():
                return self._note(room, entry)
        raise TypeError(entry)

    def _add(self, room: Found, entry: Add) -> Written:
        text = checked(entry.text)
        reply_to = None
        if entry.reply_to is not None:
            reply_to = self._ground.target(room, entry.reply_to)

        n = room.head + 1
        if room.id not in self._ground.keys:
            raise Unavailable(_("The key of this room is missing on the server. Tell whoever runs it, please."))
        key_id, key = self._ground.keys[room.id]
        body = sealing.seal(key_id, key, room_id=room.id, seq=n, rev=1, text=text)
        cid = self._spelt(entry.cid)
        self._added.append((room.id, entry.user_id, n, n, 1, cid, key_id, body, reply_to, self._stamp, False))
        self._ground.states[room.id, n] = State(1, entry.user_id, False, key_id, body, self._stamp)
        self._log(room, entry, ChangeKind.ADD, seq=n, rev=1, body=body)
        event = events.MessageAdded(
            topic=events.room_topic(room.id),
            n=n,
            room=room.uuid,
            seq=n,
            rev=1,
            message_id=room.numbering.hide(n),
            user=entry.username,
            message=text,
            at=self.at,
            cid=str(entry.cid),
            reply_to=entry.reply_to,
        )
        return self._told(event)

    def _edit(self, room: Found, entry: Edit) -> Written:
        text = checked(entry.text)
        seq, state = self._ground.own(room, entry, entry.message_id)
        if entry.base_rev is not None and entry.base_rev != state.rev:
            stands = self._ground.opened(room.id, seq, state.rev, state.key_id, state.body)
            raise Conflict(_("This message was changed meanwhile."), code="stale_revision", rev=state.rev, text=stands)

        key = self._ground.cipher(state.key_id)
        self._kept.append((state.rev, state.body, state.written_at, room.id, seq))
        state.rev += 1
        state.body = sealing.seal(state.key_id, key, room_id=room.id, seq=seq, rev=state.rev, text=text)
        state.written_at = self._stamp
        self._log(room, entry, ChangeKind.EDIT, seq=seq, rev=state.rev, body=state.body)
        self._updated.append((room.head, state.rev, state.body, self._stamp, False, room.id, seq))
        event = events.MessageEdited(
            topic=events.room_topic(room.id),
            n=room.head,
            room=room.uuid,
            seq=seq,
            rev=state.rev,
            message_id=entry.message_id,
            user=entry.username,
            message=text,
            at=self.at,
        )
        return self._told(event)

    def _delete(self, room: Found, entry: Delete) -> Written:
        seq, state = self._ground.own(room, entry, entry.message_id)

        state.rev += 1
        state.deleted, state.body = True, NO_BODY
        self._kept = [row for row in self._kept if row[3:] != (room.id, seq)]
        self._dropped.append((room.id, seq))
        self._log(room, entry, ChangeKind.DELETE, seq=seq, rev=state.rev, body=NO_BODY)
        self._updated.append((room.head, state.rev, NO_BODY, self._stamp, True, room.id, seq))
        event = events.MessageDeleted(
            topic=events.room_topic(room.id),
            n=room.head,
            room=room.uuid,
            seq=seq,
            rev=state.rev,
            message_id=entry.message_id,
            user=entry.username,
            at=self.at,
        )
        return self._told(event)

    def _note(self, room: Found, entry: Note) -> Written:
        self._log(room, entry, entry.kind, seq=None, rev=None, body=NO_BODY)
        common: dict[str, Any] = {
            "topic": events.room_topic(room.id),
            "n": room.head,
            "room": room.uuid,
            "at": self.at,
        }
        event: events.RoomEvent
        if entry.kind == ChangeKind.SETTING:
            setting, _, value = entry.detail.partition("=")
            event = events.SettingChanged(**common, user=entry.subject, setting=setting, value=value)
        else:
            state = "joined" if entry.kind == ChangeKind.JOIN else "left"
            event = events.MemberChanged(**common, user=entry.subject, state=state, by=entry.username)
        self.events.append(event)
        return Written(n=room.head, seq=0, rev=0, message_id="", event=event)

    # What several kinds need.

    def _log(
        self, room: Found, entry: Entry, kind: ChangeKind, *, seq: int | None, rev: int | None, body: bytes
    ) -> None:
        subject_id, detail = (entry.subject_id, entry.detail) if isinstance(entry, Note) else (None, "")
        digest = chain.digest_of(body) if seq is not None else NO_BODY
        room.head += 1
        room.hash = chain.link(
            room.hash,
            room_id=room.id,
            n=room.head,
            kind=kind.value,
            seq=seq,
            rev=rev,
            actor_id=entry.user_id,
            subject_id=subject_id,
            detail=detail,
            cid=entry.cid,
            at=self._hashed,
            digest=digest,
        )
        what = (room.id, room.head, kind.value, seq, rev, entry.user_id, subject_id, detail)
        self._changes.append((*what, self._spelt(entry.cid), self._stamp, digest, room.hash))
        self._touched[room.id] = room

    def _told(self, event: events.MessageAdded | events.MessageEdited | events.MessageDeleted) -> Written:
        self.events.append(event)
        return Written(n=event.n, seq=event.seq, rev=event.rev, message_id=event.message_id, event=event)


_KINDS: dict[type[Entry], str] = {Add: "add", Edit: "edit", Delete: "delete"}


def _concerns(room: Found, entry: Entry, seq: int) -> bool:
    """Is this the message that the entry changes?"""
    return not isinstance(entry, Edit | Delete) or room.seq(entry.message_id) == seq
