"""What Prometheus is told of jobs."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from digi.worker.models import Job, JobState


def collect() -> Iterator[Metric]:
    """One query."""
    now = timezone.now()
    counted = {state: Count("pk", filter=Q(state=state)) for state in JobState.values}
    oldest = Min("due_at", filter=Q(state=JobState.WAITING, due_at__lt=now))
    told = Job.objects.order_by().aggregate(**counted, oldest=oldest)
    jobs = GaugeMetricFamily("digi_jobs", "Jobs of the worker that are not done, by their state.", labels=["state"])
    for state in JobState.values:
        jobs.add_metric([state], told[state])
    yield jobs

    late = (now - told["oldest"]).total_seconds() if told["oldest"] else 0
    yield GaugeMetricFamily("digi_jobs_late_seconds", "For how long the oldest job has been due.", late)
