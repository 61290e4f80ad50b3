"""Who may come in: read together for all sockets that connect at one moment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from chat.models import Membership, Room
from chat.services import presence
from digi.accounts.models import User
from digi.sql import Row, ask, uuid_of

# ruff: noqa: S608 - the only names put into statements are the models' own table names
_MEMBERSHIP, _ROOM, _USER = (model._meta.db_table for model in (Membership, Room, User))
_MINE = f"""
    SELECT m.user_id, m.room_id, r.uuid, r.head, r.epoch, m.receipts
    FROM {_MEMBERSHIP} m JOIN {_ROOM} r ON r.id = m.room_id
    WHERE m.left_at IS NULL AND m.room_id IN ({{}}) AND m.user_id IN ({{}})"""
_NAMES = f"""
    SELECT m.room_id, m.user_id, u.username FROM {_MEMBERSHIP} m JOIN {_USER} u ON u.id = m.user_id
    WHERE m.left_at IS NULL AND m.room_id IN ({{}})"""


@dataclass(slots=True, frozen=True)
class Entrance:
    """What a socket of a room must know at its start; `online` are the user names of others who are here."""

    room_id: int
    room: UUID
    head: int
    epoch: int
    receipts: bool
    online: tuple[str, ...]


def enter(asked: Sequence[tuple[int, int]]) -> list[Entrance | None]:
    """For each (user, room): the entrance, or None for who is no member. A fixed number of queries."""
    with connection.cursor() as cursor:
        mine = _memberships(cursor, asked)
        people: dict[int, dict[int, str]] = defaultdict(dict)
        for room, user, name in ask(cursor, _NAMES, {room for _, room in mine}):
            people[room][user] = name
    small = [names for names in people.values() if len(names) <= presence.CROWD]
    here = presence.marks.here({user for names in small for user in names})
    return [_entrance(user, room, mine.get((user, room)), people[room], here) for user, room in asked]


def _memberships(cursor: CursorWrapper, asked: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Row]:
    """(room's uuid, head, epoch, own receipts) by (user, room)."""
    rows = ask(cursor, _MINE, {room for _, room in asked}, {user for user, _ in asked})
    return {(row[0], row[1]): (uuid_of(row[2]), row[3], row[4], bool(row[5])) for row in rows}


def _entrance(
    user: int, room: int, found: tuple[UUID, int, int, bool] | None, people: dict[int, str], here: set[int]
) -> Entrance | None:
    if found is None:
        return None
    uuid, head, epoch, receipts = found
    online = tuple(name for person, name in people.items() if person != user and person in here)
    return Entrance(room, uuid, head, epoch, receipts, online)


def heads(topics: list[str]) -> dict[str, int]:
    """The rooms' heads, by topic: what a heartbeat carries."""
    ids = [int(topic.removeprefix("room:")) for topic in topics]
    return {f"room:{room}": head for room, head in Room.objects.filter(pk__in=ids).values_list("pk", "head")}


@dataclass(slots=True, frozen=True)
class Listed:
    """A room of somebody's list."""

    room_id: int
    room: UUID
    receipts: bool


def rooms_of(user_ids: Sequence[int]) -> list[list[Listed]]:
    """Each person's rooms, hidden ones too: what happens there brings them back."""
    rooms: dict[int, list[Listed]] = defaultdict(list)
    memberships = Membership.objects.current().filter(user__in=set(user_ids))
    for user, room, uuid, receipts in memberships.values_list("user_id", "room_id", "room__uuid", "receipts"):
        rooms[user].append(Listed(room, uuid, receipts))
    return [rooms[user] for user in user_ids]
