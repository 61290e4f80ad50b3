"""Who is at a thesis now, told to those inside."""

from typing import NamedTuple
from uuid import UUID

from digi.accounts.models import User
from digi.realtime.presence import Marks
from digi.realtime.publish import publish
from thesis import events


class Guest(NamedTuple):
    """A person at a thesis."""

    thesis: UUID
    user_id: int


def _key(guest: Guest) -> str:
    return f"thesis:{guest.thesis}:{guest.user_id}"


def _visible(guests: set[Guest]) -> set[Guest]:
    visible = User.objects.present().filter(pk__in={guest.user_id for guest in guests}, invisible=False)
    found = set(visible.values_list("pk", flat=True))
    return {guest for guest in guests if guest.user_id in found}


def _tell(guests: set[Guest], here: bool) -> None:
    names = dict(User.objects.filter(pk__in={guest.user_id for guest in guests}).values_list("pk", "username"))
    publish(
        *(
            events.PresenceChanged(
                topic=events.workspace_topic(guest.thesis),
                thesis=str(guest.thesis),
                user=names[guest.user_id],
                user_id=guest.user_id,
                here=here,
            )
            for guest in guests
            if guest.user_id in names
        )
    )


marks = Marks(key=_key, visible=_visible, tell=_tell)
