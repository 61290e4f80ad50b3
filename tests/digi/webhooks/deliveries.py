"""Where the deliveries of a test stand, and time that has passed for them."""

from django.utils import timezone

from digi.webhooks.models import Delivery, DeliveryState, Webhook


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def make_due(**more) -> None:
    """As if the pauses were over."""
    now = timezone.now()
    Delivery.objects.filter(state=DeliveryState.WAITING).update(due_at=now, **more)
    Webhook.objects.update(rests_until=now)
