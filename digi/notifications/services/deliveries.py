"""Planning what goes by mail: one row a notification and occurrence, written with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from digi.notifications.models import Channel, Delivery, DeliveryState, Inbox, Notification, Timing
from digi.notifications.services import hours
from digi.worker import queue

MAILS = "mails"  # the duty that sends
CALM = timedelta(minutes=5)  # after a mail about a group, before the next one gathers what came since


def plan(
    written: Sequence[Notification],
    boxes: Mapping[int, Inbox],
    timings: Mapping[int, Mapping[str, Timing]],
    now: datetime,
) -> None:
    """Have each of these mailed as its person wants it.

    What happens again while its mail waits is told by that mail; after one that has gone, the next waits a while for
    what else comes.
    """
    mailed = [one for one in written if one.user.email and timings[one.user_id][Channel.MAIL] != Timing.OFF]
    again = [one.pk for one in mailed if one.count > 1]
    waits = Delivery.objects.select_for_update().filter(notification__in=again, state=DeliveryState.WAITING, tries=0)
    waiting = set(waits.values_list("notification_id", flat=True)) if again else set()  # locked: nobody claims them now
    planned = []
    for one in mailed:
        if one.pk in waiting:
            continue
        timing = timings[one.user_id][Channel.MAIL]
        calm = CALM if one.count > 1 and timing == Timing.INSTANT else timedelta()
        planned.append(
            Delivery(
                notification=one,
                user_id=one.user_id,
                channel=Channel.MAIL,
                occurrence=one.count,
                timing=timing,
                due_at=hours.due(timing, boxes[one.user_id], one.user, now + calm),
            )
        )
    Delivery.objects.bulk_create(planned, batch_size=50)
    if any(delivery.due_at <= now for delivery in planned):
        transaction.on_commit(partial(queue.wake, MAILS))
