"""Who is here: a mark in the shared cache that each server process keeps fresh for its own people.

A process that dies stops refreshing, and its people's marks expire; nobody has to notice. An invisible person has no
mark.
"""

from collections.abc import Iterable, Sequence

from django.core.cache import cache
from django.db.models import Count

from chat import events
from chat.models import Membership
from digi.accounts.models import User
from digi.realtime.publish import publish

CROWD = 50  # members; in larger rooms nobody is told who comes and goes
LIFETIME = 70  # seconds a mark lasts; it is refreshed at every heartbeat


def online(user_ids: Iterable[int]) -> set[int]:
    """Which of these people are here, as far as they let it be seen."""
    keys = {_key(user): user for user in user_ids}
    return {keys[key] for key in cache.get_many(list(keys))} if keys else set()


def arrived(user_ids: Sequence[int]) -> list[bool]:
    """Mark people as here, or refresh their marks, and tell their rooms of those who were not; whether each was news.

    Whoever has become invisible loses the mark, and the rooms are told that they left.
    """
    wanted = set(user_ids)
    visible = set(User.objects.filter(pk__in=wanted, invisible=False, is_active=True).values_list("pk", flat=True))
    before = online(wanted)
    cache.set_many({_key(user): 1 for user in visible}, LIFETIME)
    hidden = before - visible
    cache.delete_many([_key(user) for user in hidden])
    _tell(visible - before, "online")
    _tell(hidden, "offline")
    news = (visible - before) | hidden
    return [user in news for user in user_ids]


def departed(user_ids: Sequence[int]) -> list[bool]:
    """People whose last socket in this process is closed. Another process that has one says so at its next beat."""
    gone = online(user_ids)
    cache.delete_many([_key(user) for user in gone])
    _tell(gone, "offline")
    return [user in gone for user in user_ids]


def expired(user_ids: Sequence[int]) -> list[bool]:
    """Which of these people, last seen here, have lost their mark: their process died. Their rooms are told."""
    gone = set(user_ids) - online(user_ids)
    _tell(gone, "offline")
    return [user in gone for user in user_ids]


def _tell(user_ids: set[int], state: str) -> None:
    if not user_ids:
        return
    memberships = Membership.objects.current().filter(user__in=user_ids)
    rows = list(memberships.values_list("user_id", "user__username", "room_id", "room__uuid"))
    crowded = _crowded({room for _, _, room, _ in rows})
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


def _key(user_id: int) -> str:
    return f"presence:{user_id}"
