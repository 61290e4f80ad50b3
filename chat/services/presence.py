"""Who has a chat open, told to their rooms."""

from django.db.models import Count

from chat import events
from chat.models import Membership
from digi.accounts.models import User
from digi.realtime.presence import Marks
from digi.realtime.publish import publish

CROWD = 50  # members; in larger rooms nobody is told who comes and goes


def _visible(user_ids: set[int]) -> set[int]:
    visible = User.objects.filter(pk__in=user_ids, invisible=False, is_active=True)
    return set(visible.values_list("pk", flat=True))


def _tell(user_ids: set[int], here: bool) -> None:
    memberships = Membership.objects.current().filter(user__in=user_ids)
    rows = list(memberships.values_list("user_id", "user__username", "room_id", "room__uuid"))
    crowded = _crowded({room for _, _, room, _ in rows})
    state = "online" if here else "offline"
    publish(
        *(
            events.PresenceChanged(topic=events.room_topic(room), room=str(uuid), user=name, user_id=user, state=state)
            for user, name, room, uuid in rows
            if room not in crowded
        )
    )


def _crowded(room_ids: set[int]) -> set[int]:
    counted = Membership.objects.current().filter(room__in=room_ids).values("room").annotate(count=Count("pk"))
    return set(counted.filter(count__gt=CROWD).values_list("room", flat=True))


marks = Marks(key="presence:{}".format, visible=_visible, tell=_tell)
