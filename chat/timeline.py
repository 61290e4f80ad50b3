"""What a conversation shows, in order: day lines, the line at the first unread, messages in groups by one person.

static/js/models/timeline.js draws the same lines in the browser.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from chat.services.history import Shown
from chat.services.overview import MemberView, RoomView


@dataclass(slots=True, frozen=True)
class DayLine:
    day: datetime.date
    kind: str = "day"


@dataclass(slots=True, frozen=True)
class UnreadLine:
    at: datetime.datetime
    kind: str = "unread"


@dataclass(slots=True, frozen=True)
class Bubble:
    """A message in its place; `state` is gone, sent, delivered, read or nothing for what others wrote."""

    message: Shown
    sender: MemberView
    own: bool
    first: bool
    state: str
    source: Shown | None
    source_sender: MemberView | None
    kind: str = "message"


Line = DayLine | UnreadLine | Bubble


def lines(view: RoomView, messages: Sequence[Shown], sources: Mapping[str, Shown], *, more: bool) -> list[Line]:
    """The conversation as `view`'s person sees it; `sources` holds the messages that others reply to, by id.

    With `more` before them, the line at the first unread stands only where the first unread message is among these.
    """
    people = {member.user.username: member for member in view.members}
    me = view.membership.user_id
    drawn: list[Line] = []
    day: datetime.date | None = None
    unread = not view.unread or (more and messages[0].seq > view.membership.read)  # drawn, or not to be drawn
    for message in messages:
        sender = people[message.user]
        own = sender.user.pk == me
        written_on = timezone.localdate(message.at)
        if day is None or written_on > day:
            day = written_on
            drawn.append(DayLine(day))
        if not unread and not own and message.seq > view.membership.read:
            unread = True
            drawn.append(UnreadLine(message.at))
        before = drawn[-1]
        first = not isinstance(before, Bubble) or before.sender is not sender
        source = sources.get(message.reply_to) if message.reply_to and not message.deleted else None
        drawn.append(
            Bubble(
                message=message,
                sender=sender,
                own=own,
                first=first,
                state=_state(view, message, own),
                source=source,
                source_sender=people[source.user] if source else None,
            )
        )
    return drawn


def _state(view: RoomView, message: Shown, own: bool) -> str:
    if message.deleted:
        return "gone"
    return progress(view, message.seq) if own else ""


def progress(view: RoomView, seq: int) -> str:
    """How far a message of this person has come: read or delivered by all who are there, or else sent."""
    there = [member for member in view.others if not member.left]
    if there and all((member.read or -1) >= seq for member in there):
        return "read"
    if there and all((member.delivered or -1) >= seq for member in there):
        return "delivered"
    return "sent"
