"""What notifications hold about a person: all of it goes with the account."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from digi.accounts.holdings import Holding, register
from digi.accounts.models import User
from digi.accounts.services.belongings import columns
from digi.notifications.models import Delivery, Inbox, Mute, Notification, Preference, Watch
from digi.notifications.services.views import views_for

HOURS = ("quiet_from", "quiet_until", "digest_hour", "digest_weekday")


def register_own() -> None:
    register(
        Holding(
            name="notifications/inbox",
            label=_("What you were told"),
            rows=lambda user: Notification.objects.filter(user=user).select_related("actor"),
            shown=_told,
        ),
        Holding(
            name="notifications/mails",
            label=_("Mails about it"),
            rows=lambda user: Delivery.objects.filter(user=user),
            shown=columns("channel", "timing", "state", "due_at", "settled_at", "message_id"),
        ),
        Holding(
            name="notifications/hours",
            label=_("When you may be disturbed"),
            rows=lambda user: Inbox.objects.filter(user=user),
            shown=columns(*HOURS),
        ),
        Holding(
            name="notifications/preferences",
            label=_("How each kind reaches you"),
            rows=lambda user: Preference.objects.filter(user=user),
            shown=columns("kind", "channel", "timing"),
        ),
        Holding(
            name="notifications/watches",
            label=_("What you follow"),
            rows=lambda user: Watch.objects.filter(user=user),
            shown=columns("target", "level", "title"),
        ),
        Holding(
            name="notifications/mutes",
            label=_("What you muted"),
            rows=lambda user: Mute.objects.filter(user=user),
            shown=columns("reason", "target"),
        ),
    )


def _told(user: User, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """As the inbox shows it; what was taken back has no words any more."""
    return views_for(user, [row for row in rows if row.listed])
