"""What Prometheus is told of processes and people, of what goes out, and of the disk."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from digi.notifications.models import Channel, Delivery, DeliveryState
from digi.status.models import Kind, Process
from digi.status.services import checks
from digi.status.services.processes import online


def collect() -> Iterator[Metric]:
    """Three queries, and one question to the cache."""
    now = timezone.now()
    yield from _here(now)
    yield from _out(now)
    free, whole = checks.disk()
    yield GaugeMetricFamily(
        "digi_disk_used_bytes", "What is taken of the disk where the uploads lie.", value=whole - free
    )
    yield GaugeMetricFamily("digi_disk_bytes", "How large that disk is.", value=whole)


def _here(now: datetime) -> Iterator[Metric]:
    alive = [one for one in Process.objects.filter(seen_at__gt=now - timedelta(hours=1)) if one.is_alive(now)]
    processes = GaugeMetricFamily("digi_processes", "Processes that were heard of lately.", labels=["kind"])
    memory = GaugeMetricFamily("digi_processes_memory_bytes", "The memory that they hold together.", labels=["kind"])
    for kind in Kind.values:
        these = [one for one in alive if one.kind == kind]
        processes.add_metric([kind], len(these))
        memory.add_metric([kind], sum(one.memory or 0 for one in these))
    yield from (processes, memory)
    yield GaugeMetricFamily(
        "digi_connections",
        "Open sockets, as of each process's last heartbeat.",
        value=sum(one.sockets for one in alive),
    )
    yield GaugeMetricFamily("digi_people_online", "People who have a socket open.", value=online(alive))


def _out(now: datetime) -> Iterator[Metric]:
    """A digest is one mail of many rows, which share its claim. What has just been sent fell due in the last day."""
    rows = Delivery.objects.filter(channel=Channel.MAIL, state=DeliveryState.SENT, due_at__gte=now - timedelta(days=1))
    sent = rows.filter(settled_at__gte=now - timedelta(minutes=1)).order_by().aggregate(n=Count("claim", distinct=True))
    yield GaugeMetricFamily("digi_mails_sent_last_minute", "Mails that have left in the last minute.", value=sent["n"])
    yield GaugeMetricFamily("digi_webhooks_failing", "Webhooks whose last call failed.", value=checks.failing().count())
