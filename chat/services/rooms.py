"""Opening rooms, coming, leaving, hiding, and a member's own settings."""

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import events
from chat.models import ChangeKind, Membership, MembershipRole, Room, RoomKind
from chat.services import journal, sealing
from chat.services.entries import Note
from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Invalid, NotFound
from digi.notifications.services import withdraw
from digi.realtime import codes
from digi.realtime.publish import close_sockets, publish, user_topic


def open_pair(*, by: User, other: User) -> tuple[Room, bool]:
    """The room of two people, and whether it is new. Whoever of the two had left is back in.

    The other finds the room in their list with the first message.
    """
    if by.pk == other.pk:
        raise Invalid(_("A chat needs somebody else."), code="yourself")
    if not other.is_active or other.anonymised_at is not None:
        raise NotFound(_("There is nobody of this name."), code="unknown_person")

    pair = _pair(by, other)
    for _attempt in range(2):
        room = Room.objects.filter(pair=pair).first()
        if room is not None:
            _bring_back(room, by=by, people=(by, other))
            return room, False
        try:
            return _create_pair(pair, by, other), True
        except IntegrityError:  # the other one has opened it this very moment
            continue
    raise AssertionError("a pair's room can be neither read nor made")


@transaction.atomic
def open_group(*, by: User, others: Sequence[User], title: str) -> Room:
    """A new room of several people, run by whoever opens it."""
    room_uuid = uuid.uuid4()
    room = Room.objects.create(
        uuid=room_uuid,
        kind=RoomKind.GROUP,
        title=title,
        created_by=by,
        id_key=sealing.new_id_key(room_uuid.bytes),
    )
    Membership.objects.create(room=room, user=by, role=MembershipRole.OWNER)
    Membership.objects.bulk_create([Membership(room=room, user=person) for person in others], batch_size=100)
    for person in (by, *others):
        _listed(room, person, hidden=False)
    audit.record(action="room.opened", actor=by, target=audit.target_of(room), details={"members": 1 + len(others)})
    return room


@transaction.atomic
def leave(*, room: Room, by: User) -> None:
    """Leave a room: what was written stays, nothing more arrives, and every socket of this person in it closes."""
    _lock(room)
    left = Membership.objects.current().filter(room=room, user=by).update(left_at=timezone.now())
    if not left:
        raise NotFound(_("You are not in this room."), code="not_member")

    Room.objects.filter(pk=room.pk).update(epoch=F("epoch") + 1)
    _note(room, by=by, subject=by, kind=ChangeKind.LEAVE)
    audit.record(action="room.left", actor=by, target=audit.target_of(room))
    withdraw(target=audit.target_of(room), users=[by])
    _gone(room, by, left=True)
    close_sockets(user_id=by.pk, within=events.room_topic(room.pk), code=codes.FORBIDDEN)


@transaction.atomic
def hide(*, room: Room, by: User) -> None:
    """Take a room out of one's list until something happens in it."""
    if not Membership.objects.current().filter(room=room, user=by).update(hidden_at=_lock(room).head):
        raise NotFound(_("You are not in this room."), code="not_member")

    _gone(room, by, left=False)


@transaction.atomic
def set_receipts(*, room: Room, by: User, on: bool) -> None:
    """Show, or no longer show, when one has read; who keeps it to themselves sees nobody's."""
    _lock(room)
    membership = Membership.objects.current().filter(room=room, user=by).first()
    if membership is None:
        raise NotFound(_("You are not in this room."), code="not_member")
    if membership.receipts == on:
        return

    membership.receipts = on
    membership.save(update_fields=["receipts"])
    _note(room, by=by, subject=by, kind=ChangeKind.SETTING, detail=f"receipts={'on' if on else 'off'}")


def _pair(first: User, second: User) -> str:
    low, high = sorted((first.pk, second.pk))
    return f"{low}:{high}"


@transaction.atomic
def _create_pair(pair: str, by: User, other: User) -> Room:
    room_uuid = uuid.uuid4()
    room = Room.objects.create(uuid=room_uuid, pair=pair, created_by=by, id_key=sealing.new_id_key(room_uuid.bytes))
    Membership.objects.create(room=room, user=by)
    Membership.objects.create(room=room, user=other, hidden_at=0)
    _listed(room, by, hidden=False)
    _listed(room, other, hidden=True)
    audit.record(action="room.opened", actor=by, target=audit.target_of(room), details={"members": 2})
    return room


@transaction.atomic
def _bring_back(room: Room, *, by: User, people: tuple[User, ...]) -> None:
    _lock(room)
    for person in people:
        membership = Membership.objects.get(room=room, user=person)
        if membership.left_at is not None:
            membership.left_at, membership.hidden_at = None, None
            membership.save(update_fields=["left_at", "hidden_at"])
            _note(room, by=by, subject=person, kind=ChangeKind.JOIN)
            joined = {"member": audit.target_of(person)}
            audit.record(action="room.joined", actor=by, target=audit.target_of(room), details=joined)
            _listed(room, person, hidden=False, receipts=membership.receipts)
        elif person == by and membership.hidden_at is not None:
            membership.hidden_at = None
            membership.save(update_fields=["hidden_at"])
            _listed(room, person, hidden=False, receipts=membership.receipts)


def _lock(room: Room) -> Room:
    """Everybody who changes a room or who is in it takes the room first, as the journal does: no deadlocks."""
    return Room.objects.select_for_update().get(pk=room.pk)


def _note(room: Room, *, by: User, subject: User, kind: ChangeKind, detail: str = "") -> None:
    note = Note(
        room_id=room.pk,
        user_id=by.pk,
        username=by.username,
        kind=kind,
        subject_id=subject.pk,
        subject=subject.username,
        detail=detail,
    )
    journal.write_one(note)


def _listed(room: Room, user: User, *, hidden: bool, receipts: bool = True) -> None:
    topic, public = user_topic(user.pk), str(room.uuid)
    publish(events.RoomListed(topic=topic, room=public, room_id=room.pk, hidden=hidden, receipts=receipts))


def _gone(room: Room, user: User, *, left: bool) -> None:
    publish(events.RoomGone(topic=user_topic(user.pk), room=str(room.uuid), room_id=room.pk, left=left))
