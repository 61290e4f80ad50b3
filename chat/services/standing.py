"""Rooms and messages as the journal's entries find them, and as they stand while a page is applied."""

import uuid
from dataclasses import dataclass
from typing import Any

from chat.services import sealing
from digi.crypto import Numbering, Unreadable
from digi.sql import uuid_of


@dataclass(slots=True)
class Found:
    """A room; `head` and `hash` move with every change."""

    id: int
    uuid: uuid.UUID
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
    room_uuid = uuid_of(row[1])
    return Found(row[0], room_uuid, row[2], bytes(row[3]), row[4], sealing.numbering(bytes(row[5]), room_uuid.bytes))
