"""What people want to hear of: preferences, watch levels, muted reasons, quiet hours."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.errors import Invalid, NotFound
from digi.notifications.kinds import kinds, readers, reasons
from digi.notifications.models import Channel, Inbox, Level, Mute, Notification, Preference, Timing, Watch
from digi.notifications.services import inboxes, tags

HOURS = ("quiet_from", "quiet_until", "digest_hour", "digest_weekday")
LIVE = {Timing.INSTANT, Timing.OFF}  # an open page shows a thing at once or not at all


def preferences_of(user: User) -> dict[str, dict[str, Timing]]:
    """Every kind that can be chosen, with its timing by channel."""
    found = {
        kind.name: {channel.value: kind.default(channel) for channel in Channel}
        for kind in kinds.values()
        if not kind.obligatory
    }
    for row in Preference.objects.filter(user=user, kind__in=found):
        found[row.kind][row.channel] = Timing(row.timing)
    return found


@transaction.atomic
def prefer(*, user: User, kind: str, timings: Mapping[str, str]) -> None:
    """Have a kind reach the person by these channels at these timings; channels that are not named stay."""
    known = kinds.get(kind)
    if known is None or known.obligatory:
        raise Invalid(_("There is no such kind of notification."), code="unknown_kind", field="kind")
    for channel, timing in timings.items():
        if channel not in Channel or timing not in Timing:
            raise Invalid(_("There is no such channel or time."), code="bad_timing", field=channel)
        if channel == Channel.BROWSER and timing not in LIVE:
            raise Invalid(_("A browser shows it at once or never."), code="bad_timing", field=channel)
        same: dict[str, Any] = {"user": user, "kind": kind, "channel": channel}
        if timing == known.default(channel):
            Preference.objects.filter(**same).delete()
        else:
            Preference.objects.update_or_create(**same, defaults={"timing": timing})


@transaction.atomic
def set_hours(
    *,
    user: User,
    quiet: tuple[time, time] | None,
    digest_hour: int,
    digest_weekday: int,
) -> Inbox:
    """Quiet hours from and until, in the person's zone, or none; the hour of digests and the day of weekly ones."""
    if not 0 <= digest_hour <= 23 or not 0 <= digest_weekday <= 6:
        raise Invalid(_("An hour is 0–23, a weekday 0–6."), code="bad_hours")
    box = inboxes.locked([user.pk])[user.pk]
    box.quiet_from, box.quiet_until = quiet or (None, None)
    box.digest_hour, box.digest_weekday = digest_hour, digest_weekday
    box.save(update_fields=["quiet_from", "quiet_until", "digest_hour", "digest_weekday"])
    return box


@transaction.atomic
def change(
    *, user: User, kinds: Sequence[Mapping[str, str]], hours: Mapping[str, Any], seen: str | None = None
) -> None:
    """Preferences as one form: of each kind the channels that are named, and of the hours what is named.

    Raises `Stale` where `seen` is not what `tag_of` gives now.
    """
    inboxes.locked([user.pk])
    tags.expect(seen, tag_of(user))
    for wish in kinds:
        prefer(user=user, kind=wish["kind"], timings={name: wish[name] for name in Channel.values if name in wish})
    if hours:
        box = inboxes.inbox_of(user.pk)
        begin, end = (hours.get(name, getattr(box, name)) for name in ("quiet_from", "quiet_until"))
        set_hours(
            user=user,
            quiet=(begin, end) if begin is not None and end is not None else None,
            digest_hour=hours.get("digest_hour", box.digest_hour),
            digest_weekday=hours.get("digest_weekday", box.digest_weekday),
        )


def tag_of(user: User) -> str:
    """The tag of a person's preferences, whatever language they are shown in."""
    box = inboxes.inbox_of(user.pk)
    return tags.of([preferences_of(user), [getattr(box, name) for name in HOURS]])


@transaction.atomic
def watch(*, user: User, target: str, level: str, title: str = "", seen: str | None = None) -> Watch:
    """Say how much to hear about a target. Raises `NotFound` for what the person may not read, or is not there, and
    `Stale` where `seen` is not what `tag_of_watch` gives now.
    """
    if level not in Level:
        raise Invalid(_("There is no such level."), code="bad_level", field="level")
    if not may_read(user, target):
        raise NotFound(_("There is nothing here to follow."), code="unknown_target")
    _expect(seen, user, target)
    title = title or _title(user, target)
    row, _made = Watch.objects.update_or_create(
        user=user, target=target, defaults={"level": level, "title": title[:300]}
    )
    return row


@transaction.atomic
def unwatch(*, user: User, target: str, seen: str | None = None) -> None:
    """Back to hearing what one is told."""
    _expect(seen, user, target)
    Watch.objects.filter(user=user, target=target).delete()


def tag_of_watch(row: Watch | None) -> str:
    return tags.of(row.level if row is not None else None)


@transaction.atomic
def mute(*, user: User, reason: str, target: str = "") -> None:
    """No longer be told for this reason, about one target or about any."""
    if reason not in reasons:
        raise Invalid(_("There is no such reason."), code="unknown_reason", field="reason")
    Mute.objects.get_or_create(user=user, reason=reason, target=target)


@transaction.atomic
def unmute(*, user: User, reason: str, target: str = "") -> None:
    Mute.objects.filter(user=user, reason=reason, target=target).delete()


def may_read(user: User, name: str) -> bool:
    """May the person read what is named so? Nobody may read what no app knows, or what a client named by no id."""
    try:
        return user.pk in readers(name, [user.pk])
    except (LookupError, ValueError, ValidationError):
        return False


def _expect(seen: str | None, user: User, target: str) -> None:
    if seen is not None:
        row = Watch.objects.select_for_update().filter(user=user, target=target).first()
        tags.expect(seen, tag_of_watch(row))


def _title(user: User, target: str) -> str:
    """What the person knows the target as."""
    told: Any = Notification.objects.filter(user=user, target=target).order_by("-number")
    return told.values_list("title", flat=True).first() or ""
