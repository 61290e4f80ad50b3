"""Who may come in: read together for all sockets that connect at one moment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chat.models import Membership, Room
from chat.services import presence


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
    rooms = {room for _, room in asked}
    members = Membership.objects.current().filter(room__in=rooms)
    mine = {
        (row[0], row[1]): row[2:]
        for row in members.filter(user__in={user for user, _ in asked}).values_list(
            "user_id", "room_id", "room__uuid", "room__head", "room__epoch", "receipts"
        )
    }
    inside = {room for _, room in mine}
    people: dict[int, dict[int, str]] = defaultdict(dict)
    for room, user, name in members.filter(room__in=inside).values_list("room_id", "user_id", "user__username"):
        people[room][user] = name
    small = [names for names in people.values() if len(names) <= presence.CROWD]
    here = presence.online({user for names in small for user in names})
    return [_entrance(user, room, mine.get((user, room)), people[room], here) for user, room in asked]


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
