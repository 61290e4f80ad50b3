"""Connection ids: what a chat socket's address ends in.

An id is `base64url(Fernet token)`; it says nothing to its bearer, expires after twelve hours, and possession of one
grants nothing: session and membership decide, on connect and on every write.
"""

import msgspec

from digi.crypto import Expired, Unreadable, ring

LIFETIME = 12 * 3600  # seconds
PURPOSE = "room"
VERSION = 1


class Ticket(msgspec.Struct, array_like=True, frozen=True):
    """What an id holds: the payload's version, its purpose, the room and the person it was issued to."""

    version: int
    purpose: str
    room_id: int
    user_id: int
    expired: bool = False


def issue(room_id: int, user_id: int) -> str:
    """A fresh id for a person in a room."""
    return ring().issue(msgspec.json.encode(Ticket(VERSION, PURPOSE, room_id, user_id)))


def read(connection_id: str, user_id: int) -> Ticket | None:
    """The ticket behind an id that was issued to this person; None for any other, whatever the reason.

    A genuine id that is too old comes back with `expired` set: its bearer may be told so, if they are a member.
    """
    expired = False
    try:
        payload = ring().read(connection_id, LIFETIME)
    except Unreadable:
        return None
    except Expired as error:
        payload, expired = error.payload, True
    try:
        ticket = msgspec.json.decode(payload, type=Ticket)
    except msgspec.MsgspecError:
        return None

    if (ticket.version, ticket.purpose, ticket.user_id) != (VERSION, PURPOSE, user_id):
        return None
    return msgspec.structs.replace(ticket, expired=expired)
