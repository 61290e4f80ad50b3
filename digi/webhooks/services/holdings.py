"""What webhooks hold about a person: all of it goes with the account."""

from django.utils.translation import gettext_lazy as _

from digi.accounts.holdings import Holding, register
from digi.accounts.services.belongings import columns
from digi.webhooks.models import Delivery, Webhook

SENT = ("webhook.uuid", "kind", "body", "state", "created_at", "settled_at")


def register_own() -> None:
    register(
        Holding(
            name="webhooks/webhooks",
            label=_("Addresses your notifications are sent to"),
            rows=lambda user: Webhook.objects.filter(owner=user),
            shown=columns("uuid", "name", "url", "kinds", "active", "created_at"),
        ),
        Holding(
            name="webhooks/deliveries",
            label=_("What was sent there"),
            rows=lambda user: Delivery.objects.filter(webhook__owner=user).select_related("webhook"),
            shown=columns(*SENT),
        ),
    )
