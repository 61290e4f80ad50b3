"""The way from a thesis into the chat: the rooms of two people that it has opened, or that were there."""

from chat.models import Membership, Room
from digi.accounts.models import User
from digi.errors import NotFound
from thesis.models import Thesis, ThesisMember
from thesis.services.access import unknown


def partners(thesis: Thesis, by: User) -> set[int]:
    """Those of the thesis's people who share a room of two with the person."""
    others = ThesisMember.objects.current().filter(thesis=thesis).exclude(user=by).values_list("user", flat=True)
    pairs = {_pair(by.pk, other): other for other in set(others)}
    mine = Membership.objects.current().filter(user=by, room__pair__in=pairs)
    return {pairs[pair] for pair in mine.values_list("room__pair", flat=True) if pair is not None}


def room_with(thesis: Thesis, by: User, username: str) -> Room:
    """The room of the person with another one of the thesis. Raises `NotFound` where there is none."""
    others = ThesisMember.objects.current().filter(thesis=thesis, user__username=username)
    other = others.values_list("user", flat=True).first()
    if other is None:
        raise unknown()
    mine = Membership.objects.current().filter(user=by, room__pair=_pair(by.pk, other)).select_related("room").first()
    if mine is None:
        raise NotFound("There is no such room.")
    return mine.room


def _pair(one: int, other: int) -> str:
    return ":".join(str(key) for key in sorted((one, other)))
