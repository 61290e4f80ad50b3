"""How long the log of deliveries is kept."""

from datetime import timedelta

from django.utils import timezone

from digi.webhooks.models import Delivery

KEPT = timedelta(days=30)
AT_ONCE = 500


def tidy() -> None:
    """The worker's duty: remove old deliveries with their attempts, a few at a time."""
    old = Delivery.objects.filter(created_at__lt=timezone.now() - KEPT).order_by()
    while keys := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        Delivery.objects.filter(pk__in=keys).delete()
