"""Who is told, and why: those who may read it and have not said that they would rather not hear of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from digi.accounts.models import User
from digi.notifications.kinds import MENTION, WATCHING, Kind, readers, reasons
from digi.notifications.models import Level, Mute, Watch


def gathered(
    *,
    kind: Kind,
    to: Mapping[User, str],
    mentions: Collection[User],
    target: str,
    subject: str,
    actor: User | None,
    followers: bool,
) -> list[tuple[User, str]]:
    """People with the reason that they are told for, in the order of their ids; a fixed number of queries."""
    why = {person.pk: reason for person, reason in to.items()}
    levels = _levels(target, follow=followers, people=why.keys() | {person.pk for person in mentions})
    if followers:
        why |= {user: WATCHING.name for user, level in levels.items() if level == Level.ALL and user not in why}
    why |= {person.pk: MENTION.name for person in mentions}
    why.pop(actor.pk if actor is not None else 0, None)
    allowed = readers(subject, why.keys())
    present = User.objects.present().filter(pk__in=allowed).order_by("pk")
    if kind.obligatory:
        return [(user, why[user.pk]) for user in present]

    muted = _muted(target, allowed)
    return [
        (user, why[user.pk])
        for user in present
        if why[user.pk] not in muted[user.pk] and _wanted(levels.get(user.pk), why[user.pk])
    ]


def _levels(target: str, *, follow: bool, people: Collection[int]) -> dict[int, str]:
    watches = Watch.objects.filter(target=target)
    if not follow:
        watches = watches.filter(user__in=list(people))
    return dict(watches.values_list("user_id", "level"))


def _muted(target: str, people: Collection[int]) -> dict[int, set[str]]:
    muted: dict[int, set[str]] = defaultdict(set)
    rows = Mute.objects.filter(user__in=list(people), target__in=("", target))
    for user, reason in rows.values_list("user_id", "reason"):
        muted[user].add(reason)
    return muted


def _wanted(level: str | None, why: str) -> bool:
    reason = reasons[why]
    if level == Level.MUTE:
        return False
    if level == Level.MENTIONS:
        return reason.mention
    return level != Level.PARTICIPATING or reason.participating
