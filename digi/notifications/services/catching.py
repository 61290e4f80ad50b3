"""What a socket must know when it comes, and what it has missed: read from the database by numbers."""

from collections.abc import Sequence

from digi.notifications import events
from digi.notifications.models import Inbox, Notification
from digi.notifications.services import inboxes
from digi.notifications.services.views import views_for
from digi.realtime.following import Look

PAGE = 200


def heads(topics: list[str]) -> dict[str, int]:
    """The inboxes' heads, by topic: what a heartbeat carries."""
    ids = [int(topic.removeprefix("inbox:")) for topic in topics]
    rows = Inbox.objects.filter(user__in=ids).values_list("user_id", "head")
    return {events.inbox_topic(user): head for user, head in rows}


def greetings(user_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(head, unread) of each person's inbox."""
    boxes = dict(Inbox.objects.filter(user__in=set(user_ids)).values_list("user_id", "head"))
    unread = inboxes.unread_of(set(user_ids))
    return [(boxes.get(user, 0), unread.get(user, 0)) for user in user_ids]


def looks(asked: Sequence[tuple[int, int]]) -> list[Look]:
    """For each (person, number): what has changed since, in the order of the numbers, as it stands now."""
    return [_look(user_id, since) for user_id, since in asked]


def _look(user_id: int, since: int) -> Look:
    ((head, _),) = greetings([user_id])
    changed = Notification.objects.filter(user=user_id, changed__gt=since, changed__lte=head)
    changed = changed.select_related("actor", "user").order_by("changed", "number")
    rows = list(changed[: PAGE + 1])
    more = len(rows) > PAGE
    if more:
        last = rows[-1].changed
        whole = [row for row in rows if row.changed < last]  # one number's changes are not torn apart
        rows = whole or list(changed.filter(changed=last))
    found = _events(user_id, since, rows)
    if found:
        found[-1].unread = inboxes.unread_of([user_id]).get(user_id, 0)
    return Look(found, found[-1].n if more else head, more)


def _events(user_id: int, since: int, rows: Sequence[Notification]) -> list[events.InboxChanged]:
    found: dict[int, events.InboxChanged] = {}
    for row in rows:
        event = found.setdefault(
            row.changed, events.InboxChanged(topic=events.inbox_topic(user_id), n=row.changed, changes=[])
        )
        if row.revoked:
            event.changes.append(events.revoked(row.target, row.number))
        elif row.listed:
            (view,) = views_for(row.user, [row])
            new = row.born > since
            event.changes.append(events.added(view, browser=False) if new else events.updated(view))
    return list(found.values())
