"""What a person's theses have seen lately, and what the person has finished today."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from digi.accounts.models import User
from digi.notifications.models import Notification
from digi.notifications.services.views import views_for
from thesis.models import Task, Thesis

AT_MOST = 10


def news(user: User) -> list[dict[str, Any]]:
    """What the person was told of theses, the latest first, whether read or not: as inboxes show it, and `moment`.

    What somebody may no longer read is taken out of their inbox, and so out of this.
    """
    told = Notification.objects.of(user).filter(kind__startswith="thesis.").select_related("actor")
    rows = list(told.order_by("-latest")[:AT_MOST])
    return [shown | {"moment": row.at} for shown, row in zip(views_for(user, rows), rows, strict=True)]


def finished(user: User) -> list[Task]:
    """Their tasks that were done today on their own clock, the latest first."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return list(_done_since(user, midnight).order_by("-done_at", "-pk")[:AT_MOST])


def _done_since(user: User, moment: datetime) -> Any:
    mine = Thesis.objects.of(user).values("pk")
    return Task.objects.filter(assignee=user, done_at__gte=moment, thesis__in=mine).select_related("thesis")
