"""What a person does with notifications: seen, read, done, put off; and back."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.errors import Invalid
from digi.notifications import events
from digi.notifications.models import Inbox, Notification
from digi.notifications.models.inboxes import NotificationQuerySet
from digi.notifications.services import inboxes
from digi.notifications.services.views import views_for

Numbers = Collection[int] | None  # None: all that are shown
AT_MOST = 1000  # notifications changed by one call that names them


def see(*, user: User, numbers: Numbers = None) -> int:
    """They have been on the screen. Returns how many had not been."""
    return _change(user, numbers, lambda rows: rows.filter(seen_at=None), seen_at=timezone.now())


def read(*, user: User, numbers: Numbers = None) -> int:
    """They have been opened. Returns how many were unread."""
    now = timezone.now()
    return _change(user, numbers, lambda rows: rows.filter(read_at=None), read_at=now, seen_at=now)


def unread(*, user: User, numbers: Collection[int]) -> int:
    """As if they had not been opened."""
    return _change(user, numbers, lambda rows: rows.exclude(read_at=None), read_at=None)


def read_about(*, user: User, target: str) -> int:
    """What stands in the inbox about a target was read where it happened; one query where nothing does."""
    if not Notification.objects.of(user).unread().about(target).exists():
        return 0
    now = timezone.now()
    return _change(user, None, lambda rows: rows.filter(read_at=None).about(target), read_at=now, seen_at=now)


def unread_about(places: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Which of these people, by id, have something unread about which of these targets; one query."""
    if not places:
        return set()
    users, targets = {user for user, _target in places}, {target for _user, target in places}
    rows = Notification.objects.filter(user__in=users, target__in=targets, listed=True).unread()
    return set(rows.order_by().values_list("user_id", "target").distinct()) & set(places)


def finish(*, user: User, numbers: Numbers = None) -> int:
    """They are done with, and leave the inbox."""
    now = timezone.now()
    return _change(user, numbers, lambda rows: rows.filter(done_at=None), done_at=now, read_at=now, wakes_at=None)


def reopen(*, user: User, numbers: Collection[int]) -> int:
    """Back into the inbox, from what is done and from what was put off."""
    back = {"done_at": None, "wakes_at": None, "seen_at": timezone.now()}
    return _change(user, numbers, lambda rows: rows.exclude(done_at=None, wakes_at=None), **back)


def snooze(*, user: User, numbers: Collection[int], until: datetime) -> int:
    """Put them off: they come back, unread, at that moment."""
    if until <= timezone.now():
        raise Invalid(_("Choose a time to come."), code="not_in_future", field="until")
    return _change(user, numbers, lambda rows: rows.filter(done_at=None), wakes_at=until)


def wake_due() -> None:
    """The worker's duty: bring back what was put off until now, a person at a time."""
    waiting = Notification.objects.waking(timezone.now()).order_by()
    for user_id in list(waiting.values_list("user_id", flat=True).distinct()):
        _wake(user_id)


@transaction.atomic
def _wake(user_id: int) -> None:
    box = inboxes.locked([user_id])[user_id]
    rows = _rows(box).waking(timezone.now())
    back = list(rows.select_related("actor", "user").order_by("number"))
    if back:
        values = {"wakes_at": None, "read_at": None, "seen_at": None, "latest": box.head + 1}
        _apply(box, back, values, browser=True)


@transaction.atomic
def _change(
    user: User, numbers: Numbers, choose: Callable[[NotificationQuerySet], NotificationQuerySet], **values: Any
) -> int:
    """Change what is chosen and not so yet; all of it takes one number. Others' notifications are never touched."""
    box = inboxes.locked([user.pk])[user.pk]
    rows = _rows(box)
    if numbers is None:
        rows = rows.shown()
    elif len(numbers) > AT_MOST:
        raise Invalid(_("At most %d at once.") % AT_MOST, code="too_many", limit=AT_MOST)
    else:
        rows = rows.filter(number__in=numbers)
    changed = list(choose(rows).select_related("actor", "user").order_by("number"))
    if changed:
        _apply(box, changed, values)
    return len(changed)


def _rows(box: Inbox) -> NotificationQuerySet:
    return Notification.objects.filter(user=box.user_id, listed=True)


def _apply(box: Inbox, changed: Sequence[Notification], values: dict[str, Any], *, browser: bool = False) -> None:
    box.head += 1
    box.save(update_fields=["head"])
    keys = [notification.pk for notification in changed]
    for start in range(0, len(keys), AT_MOST):
        Notification.objects.filter(pk__in=keys[start : start + AT_MOST]).update(changed=box.head, **values)
    for notification in changed:
        for name, value in {"changed": box.head, **values}.items():
            setattr(notification, name, value)
    told = changed if len(changed) <= inboxes.AT_ONCE else []
    views = views_for(changed[0].user, told)
    unread = inboxes.unread_of([box.user_id]).get(box.user_id, 0)
    inboxes.tell(box, [events.updated(view, browser=browser) for view in views], unread)
