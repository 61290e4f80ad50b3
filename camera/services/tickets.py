"""Tickets by which the worker's recorder watches a camera: short-lived, sealed, for one camera."""

import msgspec

from camera.models import Camera
from digi.crypto import Expired, Unreadable, ring

PREFIX = "dgr_"
LIFETIME = 60  # seconds in which a ticket opens the door; who is inside stays
_PURPOSE = "camera.recorder"


class Ticket(msgspec.Struct, array_like=True, frozen=True):
    purpose: str
    camera_id: int


def issue(*, camera: Camera) -> str:
    """What the recorder shows as `Authorization: Bearer …` at the camera's socket, within a minute."""
    return PREFIX + ring().issue(msgspec.msgpack.encode(Ticket(_PURPOSE, camera.pk)))


def read(shown: str) -> int | None:
    """The key of the ticket's camera; None for one that is forged, too old or for something else."""
    if not shown.startswith(PREFIX) or len(shown) > 600:
        return None
    try:
        ticket = msgspec.msgpack.decode(ring().read(shown.removeprefix(PREFIX), LIFETIME), type=Ticket)
    except (Unreadable, Expired, msgspec.MsgspecError):
        return None
    return ticket.camera_id if ticket.purpose == _PURPOSE else None
