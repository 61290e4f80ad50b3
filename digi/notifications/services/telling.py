"""The one way to tell people something."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from digi import sql
from digi.accounts.models import User
from digi.notifications import events, registry
from digi.notifications.kinds import Kind, kinds, reasons
from digi.notifications.models import Channel, Inbox, Notification, Occurrence, Preference, Timing
from digi.notifications.services import audience, deliveries, hours, inboxes
from digi.notifications.services.views import views_for

PEOPLE = 50  # whose ids a group remembers
HAPPENED = ["actor", "people", "count", "target", "subject", "title", "url", "facts"]
HAPPENED += ["changed", "latest", "at", "seen_at"]


@dataclass(slots=True, kw_only=True)
class News:
    """What is told, the same for everybody."""

    kind: Kind
    actor: User | None
    target: str
    subject: str
    title: str
    url: str
    facts: dict[str, Any]
    group: str
    once: str
    now: datetime = field(default_factory=timezone.now)


@transaction.atomic
def notify(
    *,
    kind: str,
    to: Mapping[User, str],
    target: str,
    title: str,
    url: str,
    subject: str = "",
    actor: User | None = None,
    facts: Mapping[str, Any] | None = None,
    mentions: Collection[User] = (),
    group: str = "",
    once: str = "",
    followers: bool = True,
) -> list[Notification]:
    """Tell people that something has happened; returns the notifications that were made or happened again.

    Call it in the transaction of what happened. The rows are written in it; sockets and mails follow the commit.

    * `kind`: the name of a registered `Kind`.
    * `to`: each person with the name of the registered `Reason` that they are told for.
    * `target`: what it is about, `prefix:<public id>` with a registered prefix. Watch levels and mutes hang on it.
    * `title`: what people call the target; at most 300 characters are kept. `url`: the path that opens it.
    * `subject`: what one must be able to read to be told, where that is a part of the target with readers of its
      own, such as `comment:<uuid>`; the target, unless given. Whoever may not read it is not told, in `to` or not.
    * `actor`: who did it. They are never told of it themselves.
    * `facts`: plain JSON for the kind's sentence, and never what a message or a comment says.
    * `mentions`: people who are told because they are mentioned, whatever their reason in `to`; see `mentions.found`.
    * `group`: while a person has not read it, the same kind, reason and group happens again instead of being new.
    * `once`: a key such as `comment:<uuid>`; each person is told of it at most once, however often this is called.
      When readers are added to something, call again with the same key: those who were not told yet are told.
    * `followers`: also tell those who follow the target with level "everything".

    A fixed number of queries, however many people. Raises `LookupError` for names that no app has registered.
    """
    for reason in to.values():
        if reason not in reasons:
            raise LookupError(f"no app has registered the reason {reason!r}")
    news = News(
        kind=kinds[kind],
        actor=actor,
        target=target,
        subject=subject or target,
        title=title[:300],
        url=url,
        facts=dict(facts or {}),
        group=group,
        once=once,
    )
    told = audience.gathered(
        kind=news.kind,
        to=to,
        mentions=mentions,
        target=target,
        subject=news.subject,
        actor=actor,
        followers=followers,
    )
    return _write(news, told) if told else []


def _write(news: News, told: list[tuple[User, str]]) -> list[Notification]:
    boxes = inboxes.locked([user.pk for user, _ in told])
    if news.once:
        known = set(Occurrence.objects.filter(key=news.once, user__in=boxes).values_list("user_id", flat=True))
        told = [(user, why) for user, why in told if user.pk not in known]
    timings = _timings(news.kind, boxes)
    open_groups = _open_groups(news, boxes)
    made, again = [], []
    for user, why in told:
        before = open_groups.get((user.pk, why))
        box, timing = boxes[user.pk], timings[user.pk]
        if before is None:
            made.append(_new(news, user, why, box, timing[Channel.INBOX]))
        else:
            again.append(_happened(news, before, user, box))

    sql.create(made, at_once=30)
    _keep(again)
    written = [*made, *again]
    key = news.once or None
    happened = [Occurrence(notification=one, user_id=one.user_id, key=key, at=news.now) for one in written]
    Occurrence.objects.bulk_create(happened, batch_size=100)
    inboxes.keep(boxes.values())
    deliveries.plan(written, boxes, timings, news.now)
    for follow in registry.written:
        follow(written)
    _tell(news, written, boxes, timings, new={one.user_id for one in made})
    return written


def _keep(again: list[Notification]) -> None:
    if len(again) == 1:
        again[0].save(update_fields=HAPPENED)  # half the work of a bulk of one
    else:
        Notification.objects.bulk_update(again, HAPPENED, batch_size=20)


def _timings(kind: Kind, boxes: Mapping[int, Inbox]) -> dict[int, dict[str, Timing]]:
    """How the kind reaches each person, by channel."""
    defaults = {channel.value: kind.default(channel) for channel in Channel}
    found = {user: dict(defaults) for user in boxes}
    if kind.obligatory:
        return {user: dict.fromkeys(defaults, Timing.INSTANT) for user in boxes}
    rows = Preference.objects.filter(kind=kind.name, user__in=boxes)
    for user, channel, timing in rows.values_list("user_id", "channel", "timing"):
        found[user][channel] = Timing(timing)
    return found


def _open_groups(news: News, boxes: Mapping[int, Inbox]) -> dict[tuple[int, str], Notification]:
    """The unread notification that this joins, by person and reason."""
    if not news.group:
        return {}
    same = Notification.objects.filter(
        user__in=boxes, group=news.group, kind=news.kind.name, read_at=None, done_at=None
    )
    return {(one.user_id, one.reason): one for one in same.filter(revoked=False).order_by("number")}


def _new(news: News, user: User, why: str, box: Inbox, timing: Timing) -> Notification:
    box.born += 1
    listed = timing != Timing.OFF
    box.head += listed
    held = timing in (Timing.DAILY, Timing.WEEKLY)
    return Notification(
        user=user,
        number=box.born,
        changed=box.head,
        born=box.head,
        latest=box.head,
        kind=news.kind.name,
        reason=why,
        actor=news.actor,
        people=[news.actor.pk] if news.actor is not None else [],
        target=news.target,
        subject=news.subject,
        title=news.title,
        url=news.url,
        facts=news.facts,
        group=news.group,
        listed=listed,
        at=news.now,
        wakes_at=hours.due(timing, box, user, news.now) if held else None,
    )


def _happened(news: News, before: Notification, user: User, box: Inbox) -> Notification:
    """Once more: the latest of a group is what is told, and it is unseen again."""
    box.head += before.listed
    actor = news.actor
    if actor is not None:
        before.people = [actor.pk, *(pk for pk in before.people if pk != actor.pk)][:PEOPLE]
    before.user, before.actor, before.count = user, actor, before.count + 1
    before.title, before.url, before.facts = news.title, news.url, news.facts
    before.target, before.subject = news.target, news.subject
    before.changed = before.latest = box.head
    before.at, before.seen_at = news.now, None
    return before


def _tell(
    news: News,
    written: list[Notification],
    boxes: Mapping[int, Inbox],
    timings: Mapping[int, Mapping[str, Timing]],
    *,
    new: set[int],
) -> None:
    listed = [one for one in written if one.listed]
    unread = inboxes.unread_of(one.user_id for one in listed)
    for one in listed:
        box = boxes[one.user_id]
        wanted = timings[one.user_id][Channel.BROWSER] == Timing.INSTANT and one.wakes_at is None
        browser = wanted and hours.quiet_until(box, one.user, news.now) is None
        (view,) = views_for(one.user, [one])
        change = (events.added if one.user_id in new else events.updated)(view, browser=browser)
        inboxes.tell(box, [change], unread.get(one.user_id, 0))
