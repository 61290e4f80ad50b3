"""What Prometheus is told of mails."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from digi.notifications.models import Channel, Delivery, DeliveryState

UNSENT = (DeliveryState.WAITING, DeliveryState.CLAIMED, DeliveryState.FAILED)


def collect() -> Iterator[Metric]:
    """One query, by the index over states."""
    now = timezone.now()
    rows = Delivery.objects.filter(channel=Channel.MAIL, state__in=UNSENT).order_by()
    counted = {state: Count("pk", filter=Q(state=state)) for state in UNSENT}
    oldest = Min("due_at", filter=Q(state=DeliveryState.WAITING, due_at__lt=now))
    told = rows.aggregate(**counted, oldest=oldest)
    mails = GaugeMetricFamily("digi_mails", "Notifications that are to go by mail and have not.", labels=["state"])
    for state in UNSENT:
        mails.add_metric([state], told[state])
    yield mails

    late = (now - told["oldest"]).total_seconds() if told["oldest"] else 0
    yield GaugeMetricFamily("digi_mails_late_seconds", "For how long the oldest of them has been due.", late)
