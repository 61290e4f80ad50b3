"""What a webhook is sent: a notification as its owner reads it, at the moment it is written."""

import json
from typing import Any

from django.utils import timezone

from digi.accounts.models import User
from digi.moments import moment
from digi.notifications.models import Notification
from digi.notifications.services import links
from digi.notifications.services.views import views_for
from digi.webhooks.models import Webhook

PING = "webhook.ping"
_TOLD = ("id", "kind", "text", "title", "why", "reason", "actor", "count", "target", "at")


def event(owner: User, notification: Notification) -> str:
    """The body for a notification, in its owner's language; it never holds what a message or a comment says."""
    (view,) = views_for(owner, [notification])
    data = {key: view[key] for key in _TOLD} | {"url": links.absolute(notification.url)}
    return _body(notification.kind, view["at"], data)


def ping(webhook: Webhook) -> str:
    """The body of a try."""
    return _body(PING, moment(timezone.now()), {"webhook": str(webhook.uuid)})


def _body(kind: str, at: str, data: dict[str, Any]) -> str:
    """Type, timestamp and data, as the Standard Webhooks specification recommends."""
    return json.dumps({"type": kind, "timestamp": at, "data": data}, ensure_ascii=False, separators=(",", ":"))
