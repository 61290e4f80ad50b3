"""What happens to notifications when somebody may no longer read what they are about."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from digi.accounts.models import User
from digi.notifications import events, registry
from digi.notifications.models import Delivery, DeliveryState, Notification, Watch
from digi.notifications.services import inboxes, wishes

BLANK: dict[str, Any] = {"title": "", "url": "", "facts": {}, "people": [], "actor": None}
BLANK |= {"listed": False, "revoked": True}


@transaction.atomic
def forget(*targets: str) -> None:
    """Take back what anybody was told about these targets, which are deleted for good, and who follows them."""
    told = Notification.objects.filter(target__in=targets, revoked=False).values("user")
    following = Watch.objects.filter(target__in=targets).values("user")
    users = list(User.objects.filter(Q(pk__in=told) | Q(pk__in=following)))
    for target in targets:
        withdraw(target=target, users=users)


@transaction.atomic
def withdraw(*, target: str, users: Iterable[User]) -> None:
    """Take back what these people were told about a target, or a subject, that they may no longer read.

    Call it in the transaction that takes the access away. What they were told loses its words, mails that wait are not
    sent, nobody follows it any more, and their open pages are told.
    """
    boxes = inboxes.locked([user.pk for user in users])
    Watch.objects.filter(target=target, user__in=boxes).delete()
    rows = Notification.objects.filter(user__in=boxes, revoked=False).about(target)
    withdrawn = list(rows.order_by("user_id", "number"))
    for notification in withdrawn:
        box = boxes[notification.user_id]
        box.head += 1
        box.save(update_fields=["head"])
        told = events.revoked(notification.target, notification.number)
        Notification.objects.filter(pk=notification.pk).update(changed=box.head, **BLANK)
        waiting = Delivery.objects.filter(notification=notification, state=DeliveryState.WAITING)
        waiting.update(state=DeliveryState.DROPPED)
        unread = inboxes.unread_of([box.user_id]).get(box.user_id, 0)
        inboxes.tell(box, [told], unread)
    for follow in registry.withdrawn:
        follow(withdrawn)


@transaction.atomic
def withdraw_closed(user: User) -> None:
    """Take back whatever the person may no longer read: for who loses an office that opened many things at once.

    One question for each thing that they were told of or follow.
    """
    told = Notification.objects.filter(user=user, revoked=False).order_by().values_list("target", "subject").distinct()
    followed = Watch.objects.filter(user=user).values_list("target", flat=True)
    for name in sorted({name for names in told for name in names}.union(followed)):
        if not wishes.may_read(user, name):
            withdraw(target=name, users=[user])
