"""How long notifications are kept."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from digi.notifications.models import Notification, Reminder

DONE = timedelta(days=90)  # after that, what is done with or was taken back goes
ALL = timedelta(days=400)
AT_ONCE = 500


def tidy() -> None:
    """The worker's duty: remove what nobody looks for any more, a few at a time."""
    now = timezone.now()
    old = Q(done_at__lt=now - DONE) | Q(revoked=True, at__lt=now - DONE) | Q(at__lt=now - ALL)
    while keys := list(Notification.objects.filter(old).order_by().values_list("pk", flat=True)[:AT_ONCE]):
        Notification.objects.filter(pk__in=keys).delete()
    Reminder.objects.filter(date__lt=now - ALL).delete()
