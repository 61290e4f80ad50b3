"""A person's rooms as they stand in the list: a fixed number of queries, however many rooms."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from chat import connection
from chat.models import Membership, Message, Room
from chat.services import drafts, history, presence
from chat.services.history import Shown
from digi.accounts.models import User


@dataclass(slots=True, frozen=True)
class MemberView:
    """Somebody in a room, as one of its members sees them; `read` and `delivered` are None where receipts are off."""

    user: User
    online: bool
    left: bool
    read: int | None
    delivered: int | None


@dataclass(slots=True, frozen=True)
class RoomView:
    """A room as `user` sees it. `others` are its members but the person; a pair has one."""

    room: Room
    membership: Membership
    members: list[MemberView]
    unread: int
    last_message: Shown | None
    draft: str
    connection_id: str

    @property
    def others(self) -> list[MemberView]:
        return [member for member in self.members if member.user.pk != self.membership.user_id]

    @property
    def title(self) -> str:
        """The room's own title, or who is in it."""
        return self.room.title or ", ".join(member.user.get_full_name() for member in self.others)


def listed(user: User) -> list[RoomView]:
    """The person's list of rooms, the latest first."""
    memberships = Membership.objects.listed().filter(user=user).select_related("room")
    views = _views(user, list(memberships))
    return sorted(views, key=_latest, reverse=True)


def one(user: User, room: Room) -> RoomView | None:
    """One room, hidden or not; None for who is no member."""
    memberships = Membership.objects.current().filter(user=user, room=room).select_related("room")
    views = _views(user, list(memberships))
    return views[0] if views else None


def _latest(view: RoomView) -> tuple[float, int]:
    at = view.last_message.at if view.last_message else view.room.created_at
    return at.timestamp(), view.room.pk


def _views(user: User, memberships: Sequence[Membership]) -> list[RoomView]:
    rooms = [membership.room for membership in memberships]
    people = _people([room.pk for room in rooms])
    here = presence.marks.here({member.user_id for members in people.values() for member in members})
    newest = history.last_messages(rooms)
    unread = _unread(user, rooms)
    begun = drafts.texts(membership.pk for membership in memberships)
    return [
        RoomView(
            room=membership.room,
            membership=membership,
            members=[_member(membership, member, here) for member in people[membership.room_id]],
            unread=unread.get(membership.room_id, 0),
            last_message=newest.get(membership.room_id),
            draft=begun.get(membership.pk, ""),
            connection_id=connection.issue(membership.room_id, user.pk),
        )
        for membership in memberships
    ]


def _people(room_ids: list[int]) -> dict[int, list[Membership]]:
    people: dict[int, list[Membership]] = defaultdict(list)
    memberships = Membership.objects.filter(room__in=room_ids).select_related("user__avatar").order_by("pk")
    for membership in memberships:
        people[membership.room_id].append(membership)
    return people


def _unread(user: User, rooms: Iterable[Room]) -> dict[int, int]:
    counted = Message.objects.unread_by(user).filter(room__in=list(rooms)).order_by()
    return {row["room"]: row["count"] for row in counted.values("room").annotate(count=Count("pk"))}


def _member(mine: Membership, member: Membership, here: set[int]) -> MemberView:
    own = member.user_id == mine.user_id
    shown = own or (mine.receipts and member.receipts)
    return MemberView(
        user=member.user,
        online=member.user_id in here,
        left=member.left_at is not None,
        read=member.read if shown else None,
        delivered=member.delivered if shown else None,
    )
