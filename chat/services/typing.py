"""Who is writing just now: told, never stored."""

from chat import events
from digi.realtime.publish import tell


def started(*, room_id: int, room: str, username: str) -> None:
    """Tell the room that this person is writing; it holds for a few seconds."""
    tell(events.Typing(topic=events.room_topic(room_id), room=room, user=username))
