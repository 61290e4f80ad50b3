"""What is to be sent: one row for a notification, each time it happens, and for each webhook that wants it."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from django.db import transaction

from digi.notifications.models import Notification
from digi.webhooks.models import Attempt, Delivery, DeliveryState, Webhook
from digi.webhooks.services import words
from digi.worker import queue

DUTY = "webhooks"  # the duty that sends


def plan(written: Sequence[Notification]) -> None:
    """Have these sent to their people's webhooks; runs in the transaction that writes them. One query and the rows."""
    wanting: dict[int, list[Webhook]] = defaultdict(list)
    for webhook in Webhook.objects.filter(owner__in={one.user_id for one in written}, active=True).order_by("pk"):
        wanting[webhook.owner_id].append(webhook)
    planned = [
        Delivery(
            webhook=webhook, notification=one, occurrence=one.count, kind=one.kind, body=words.event(one.user, one)
        )
        for one in written
        for webhook in wanting.get(one.user_id, ())
        if webhook.wants(one.kind)
    ]
    if planned:
        Delivery.objects.bulk_create(planned, batch_size=50)
        transaction.on_commit(partial(queue.wake, DUTY))


def take_back(withdrawn: Sequence[Notification]) -> None:
    """Their people may no longer read them: what waits is not sent, and the log no longer says what was."""
    rows = Delivery.objects.filter(notification__in=[one.pk for one in withdrawn])
    rows.filter(state=DeliveryState.WAITING).update(state=DeliveryState.DROPPED)
    rows.exclude(body="").update(body="")
    Attempt.objects.filter(delivery__in=rows).exclude(response="").update(response="")
