"""What can be written into a room's journal, and what comes of it."""

import uuid
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from chat.events import RoomEvent
from chat.models import ChangeKind
from digi.errors import Invalid

LONGEST = 8_000  # code points of one message


@dataclass(slots=True, kw_only=True)
class Entry:
    """One wish to change a room.

    `cid` makes it idempotent: the same person's same cid is written once. `epoch` is the room's epoch at which the
    writer was seen to be a member; while it stands, nobody asks the database again.
    """

    room_id: int
    user_id: int
    username: str
    cid: uuid.UUID = field(default_factory=uuid.uuid4)
    epoch: int | None = None


@dataclass(slots=True, kw_only=True)
class Add(Entry):
    text: str
    reply_to: str | None = None  # a message id of the same room


@dataclass(slots=True, kw_only=True)
class Edit(Entry):
    message_id: str
    text: str
    base_rev: int | None = None  # the revision that was edited; None edits whatever stands


@dataclass(slots=True, kw_only=True)
class Delete(Entry):
    message_id: str


@dataclass(slots=True, kw_only=True)
class Note(Entry):
    """A change that is no message; written by services that have checked it."""

    kind: ChangeKind
    subject_id: int
    subject: str
    detail: str = ""


@dataclass(slots=True, kw_only=True)
class Written:
    """What was stored, or had been stored under this cid before."""

    n: int
    seq: int
    rev: int
    message_id: str
    duplicate: bool = False
    event: RoomEvent | None = None


def checked(text: str) -> str:
    """The text, if a message may hold it. Raises `Invalid`: `empty`, or `too_long` with the limit."""
    if not text.strip():
        raise Invalid(_("A message needs some text."), code="empty")
    if len(text) > LONGEST:
        message = _("%(length)d characters, and a message holds %(limit)d.")
        raise Invalid(message % {"length": len(text), "limit": LONGEST}, code="too_long", limit=LONGEST)
    return text
