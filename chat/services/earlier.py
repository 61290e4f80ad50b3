"""What an earlier entry said: for clients that send the same cid again."""

from collections.abc import Mapping

from django.db.backends.utils import CursorWrapper

from chat.services import tables
from chat.services.entries import Add, Edit, Entry
from chat.services.standing import State


def bodies(
    cursor: CursorWrapper, messages: set[tuple[int, int]], states: Mapping[tuple[int, int], State]
) -> dict[tuple[int, int, int], bytes]:
    """The sealed bodies of these messages, (room, seq) each, with all their revisions, by (room, seq, rev)."""
    if not messages:
        return {}
    rows = tables.revisions(cursor, {room for room, _ in messages}, {seq for _, seq in messages})
    found = {(room, seq, rev): bytes(body) for room, seq, rev, body in rows}
    present = {(*place, states[place].rev): states[place].body for place in messages if place in states}
    return found | {place: body for place, body in present.items() if body}


def said_the_same(entry: Entry, stored: str | None) -> bool:
    """Did the earlier entry carry this one's text?

    A text that has been deleted since (None) can't be compared and counts as the same: the answer only says that it
    was stored once.
    """
    return not isinstance(entry, Add | Edit) or stored is None or stored == entry.text
