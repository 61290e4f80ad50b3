"""Who has a chat open, told to their rooms."""

# ruff: noqa: S608 - the only names put into statements are the models' own table names

from itertools import islice

from django.db import connection
from django.db.backends.utils import CursorWrapper

from chat import events
from chat.models import Membership, Room
from digi.accounts.models import User
from digi.realtime.presence import Marks
from digi.realtime.publish import publish
from digi.sql import ask, uuid_of

CROWD = 50  # members; in larger rooms nobody is told who comes and goes

_MEMBERSHIP, _ROOM, _USER = (model._meta.db_table for model in (Membership, Room, User))
_AT_ONCE = 1000  # values in one IN list; SQL Server takes 2048 at most

_VISIBLE = f"SELECT id FROM {_USER} WHERE id IN ({{}}) AND invisible = %s AND is_active = %s"
_ROOMS = (
    f"SELECT u.id, u.username, r.id, r.uuid FROM {_MEMBERSHIP} m JOIN {_USER} u ON u.id = m.user_id"
    f" JOIN {_ROOM} r ON r.id = m.room_id WHERE m.user_id IN ({{}}) AND m.left_at IS NULL"
)
_CURRENT = f"FROM {_MEMBERSHIP} WHERE left_at IS NULL"
_CROWDED = f"SELECT room_id {_CURRENT} AND room_id IN ({{}}) GROUP BY room_id HAVING COUNT(*) > %s"


def _visible(user_ids: set[int]) -> set[int]:
    with connection.cursor() as cursor:
        return _first(cursor, _VISIBLE, user_ids, False, True)


def _tell(user_ids: set[int], here: bool) -> None:
    with connection.cursor() as cursor:
        rows = [row for some in _slices(user_ids) for row in ask(cursor, _ROOMS, some)]
        crowded = _first(cursor, _CROWDED, {room for _, _, room, _ in rows}, CROWD)
    state = "online" if here else "offline"
    publish(
        *(
            events.PresenceChanged(
                topic=events.room_topic(room), room=str(uuid_of(uuid)), user=name, user_id=user, state=state
            )
            for user, name, room, uuid in rows
            if room not in crowded
        )
    )


def _first(cursor: CursorWrapper, text: str, ids: set[int], *also: object) -> set[int]:
    return {pk for some in _slices(ids) for (pk,) in ask(cursor, text, some, also=also)}


def _slices(ids: set[int]) -> list[list[int]]:
    waiting = iter(ids)
    return list(iter(lambda: list(islice(waiting, _AT_ONCE)), []))


marks = Marks(key="presence:{}".format, visible=_visible, tell=_tell)
