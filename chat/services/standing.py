"""Rooms and messages as the journal's entries find them, and as they stand while a page is applied."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from chat.services import sealing
from digi.crypto import Numbering, Unreadable
from digi.sql import uuid_of


@dataclass(slots=True)
class Found:
    """A room; `uuid` is its public id, `head` and `hash` move with every change."""

    id: int
    uuid: str
    head: int
    hash: bytes
    epoch: int
    numbering: Numbering

    def seq(self, message_id: str) -> int | None:
        """Which message an id names, if it is one of this room's."""
        try:
            return self.numbering.reveal(message_id)
        except Unreadable:
            return None


@dataclass(slots=True)
class State:
    """A message; `written_at` as the database gave it, or a datetime."""

    rev: int
    sender_id: int
    deleted: bool
    key_id: int
    body: bytes
    written_at: Any


def found(row: tuple[Any, ...]) -> Found:
    """A room of `tables.rooms`."""
    public, raw = _spelt(row[1])
    return Found(row[0], public, row[2], bytes(row[3]), row[4], sealing.numbering(bytes(row[5]), raw))


@lru_cache(maxsize=8192)
def _spelt(room_uuid: UUID | str) -> tuple[str, bytes]:
    """A room's UUID, which comes with each of its entries, in its usual form and in bytes."""
    value = uuid_of(room_uuid)
    return str(value), value.bytes
