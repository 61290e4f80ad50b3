"""Mails as people find them."""

import re

from django.core import mail
from django.utils import timezone

from digi.notifications.models import Delivery, DeliveryState
from digi.notifications.services import post


def sent() -> list:
    """Send what is due; the mails that went out."""
    before = len(mail.outbox)
    post.send_due()
    return mail.outbox[before:]


def due() -> None:
    """Let everything that waits be due now."""
    Delivery.objects.filter(state=DeliveryState.WAITING).update(due_at=timezone.now())


def html(message) -> str:
    ((body, kind),) = message.alternatives
    assert kind == "text/html"
    return body


def link(message) -> str:
    return re.search(r"https?://[^/]+(/unsubscribe/\S+)", message.body)[1]
