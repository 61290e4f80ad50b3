"""Writes the demo's talks into rooms, once."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from chat.models import Membership, Room
from chat.services import history, journal, rooms
from chat.services.entries import Add, Edit, Entry, Written
from digi.accounts.models import User
from digi.management.demo.script import DemoTalk


def hold(talk: DemoTalk, people: dict[str, User]) -> None:
    """Fill the pair's room with the talk, unless something stands there already."""
    first, second = (people[name] for name in talk.people)
    room, _ = rooms.open_pair(by=first, other=second)
    if room.head:
        return

    seqs = [_say(room, people[who], text, _moment(days, clock)) for days, clock, who, text in talk.lines]
    said = [seq for seq in seqs if seq]
    Membership.objects.filter(room=room).update(read=said[-1], delivered=said[-1], hidden_at=None)
    if talk.unread:
        seen = said[-1 - talk.unread]
        Membership.objects.filter(room=room, user=first).update(read=seen, delivered=seen)


def _say(room: Room, person: User, text: str, at: datetime) -> int:
    mark = text[0] if text[0] in "^>" else ""
    entry = _entry(room, person, mark, text.removeprefix(mark))
    answer = journal.write([entry], at)[0]
    if not isinstance(answer, Written):
        raise answer
    return 0 if mark == "^" else answer.seq


def _entry(room: Room, person: User, mark: str, text: str) -> Entry:
    author = {"room_id": room.pk, "user_id": person.pk, "username": person.username}
    if not mark:
        return Add(**author, text=text)
    last = history.page(room, limit=1)[0][0]
    if mark == ">":
        return Add(**author, text=text, reply_to=last.message_id)
    return Edit(**author, message_id=last.message_id, text=text)


def _moment(days: int, clock: str) -> datetime:
    """That time of day, so many days ago, where the server stands; never later than now."""
    zone = ZoneInfo(settings.DIGI_TIME_ZONE)
    day = timezone.localdate(timezone=zone) - timedelta(days=days)
    return min(datetime.combine(day, time.fromisoformat(clock), zone), timezone.now() - timedelta(minutes=5))
