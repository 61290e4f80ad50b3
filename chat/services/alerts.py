"""What of a conversation is a notification: being mentioned, and somebody's very first message. Never its text."""

import logging
from collections.abc import Collection, Iterable
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import connection
from chat.events import MessageAdded, RoomEvent
from chat.models import Membership, Message, Room, RoomKind
from digi.accounts.models import User
from digi.notifications import kinds
from digi.notifications.kinds import Kind, Reason, Told
from digi.notifications.models import Notification, Timing
from digi.notifications.services import mentions, notify, read_about, unread_about
from digi.realtime.outbox import aside
from digi.retries import patiently

log = logging.getLogger(__name__)

MENTION, FIRST = "chat.mention", "chat.first"
EARLY = 8  # a room whose changes are more than these has had its first message


def register() -> None:
    """Say at start-up what chat tells, and who may read a room."""
    kinds.register(
        Kind(
            name=MENTION,
            icon="at-sign",
            label=gettext_lazy("Mentions in chats"),
            sentence=_mentioned,
            mail=Timing.INSTANT,
        )
    )
    kinds.register(
        Kind(
            name=FIRST,
            icon="message-circle",
            label=gettext_lazy("First messages of new people"),
            sentence=_wrote,
            mail=Timing.INSTANT,
        )
    )
    kinds.register_reason(Reason(name=FIRST, sentence=gettext_lazy("because this chat is new to you")))
    kinds.register_target("room", members)


def members(name: str, user_ids: Collection[int]) -> set[int]:
    """Who of these people is in the room now."""
    rows = Membership.objects.current().filter(room__uuid=name.removeprefix("room:"), user__in=list(user_ids))
    return set(rows.values_list("user_id", flat=True))


def after(told: Iterable[RoomEvent]) -> None:
    """Notify whom these new messages concern, once they are stored. Most concern nobody, and cost no query.

    Not in their transaction nor in its thread, which others wait behind. A server that is killed in the moment between
    loses the notification and not the message, which the list of rooms shows as unread.
    """
    concerning = [one for one in told if isinstance(one, MessageAdded) and (one.n <= EARLY or "@" in one.message)]
    if concerning:
        aside(partial(tell, concerning))


def tell(told: Iterable[MessageAdded]) -> None:
    """Notify of each message by itself: one that fails costs its own notification. Who has read it is told nothing."""
    for event in told:
        try:
            people = patiently(partial(_tell, event))  # anew without whoever is erased meanwhile
            _read_meanwhile(event, people)
        except Exception:
            log.exception("a message was not notified of")


def read(places: Collection[tuple[int, str]]) -> None:
    """What people, by id, were told about rooms they have read needs no reading any more; one query where nothing does.

    Each inbox by itself: one that cannot be had costs nobody else anything.
    """
    targets = {(user_id, f"room:{room}") for user_id, room in places}
    for user_id, target in sorted(unread_about(targets)):
        try:
            patiently(partial(read_about, user=User(pk=user_id), target=target))
        except Exception:
            log.exception("what was told about a room stays unread")


@transaction.atomic
def _tell(event: MessageAdded) -> list[int]:
    """Who was notified, by id."""
    names = mentions.names(event.message)
    room_id = int(event.topic.removeprefix("room:"))
    first = event.n <= EARLY and not Message.objects.filter(room=room_id, seq__lt=event.seq).exists()
    if not names and not first:
        return []
    room = Room.objects.filter(pk=room_id).first()
    if room is None:  # erased since
        return []
    members = list(room.memberships.current().select_related("user"))
    actor = next((one.user for one in members if one.user.username == event.user), None)
    if actor is None:  # left since, and a notification tells what stands now
        return []
    others = [one.user for one in members if one.user != actor and one.read < event.seq]
    notified = []
    for person in others:
        if person.username in names:
            notified += _notify(room, actor, person, event, MENTION)
        elif first and room.kind == RoomKind.PAIR:
            notified += _notify(room, actor, person, event, FIRST)
    return [one.user_id for one in notified]


def _read_meanwhile(event: MessageAdded, people: Collection[int]) -> None:
    """Who has read the message while the notification was written found nothing of it to read."""
    if people:
        ahead = Membership.objects.filter(room__uuid=event.room, user__in=people, read__gte=event.seq)
        read({(user_id, event.room) for user_id in ahead.values_list("user_id", flat=True)})


def _notify(room: Room, actor: User, person: User, event: MessageAdded, kind: str) -> list[Notification]:
    address = connection.issue(room.pk, person.pk)
    return notify(
        kind=kind,
        to={person: FIRST} if kind == FIRST else {},
        mentions=[person] if kind == MENTION else [],
        target=f"room:{room.uuid}",
        title=room.title or actor.get_full_name(),
        url=reverse("chat:room", kwargs={"connection_id": address}),
        actor=actor,
        group=f"room:{room.uuid}",
        once=f"message:{room.uuid}:{event.seq}",
        followers=False,
    )


def _mentioned(told: Told) -> str:
    return _("%(actor)s mentioned you") % {"actor": told.actor}


def _wrote(told: Told) -> str:
    return _("%(actor)s wrote to you for the first time") % {"actor": told.actor}
