"""Webhooks and their log, as the API shows and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from digi.api import MomentField
from digi.webhooks.models import URL_LENGTH, DeliveryState, OffReason, Webhook

Wire = serializers.Serializer[Any]


class WebhookSerializer(serializers.Serializer[Webhook]):
    """`kinds` empty: all. `switched_off` says why an inactive one is so."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True)
    kinds = serializers.ListField(child=serializers.CharField(), read_only=True)
    active = serializers.BooleanField(read_only=True)
    switched_off = serializers.SerializerMethodField()
    failing_since = MomentField(read_only=True, allow_null=True)
    old_secret_until = MomentField(source="old_until", read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    version = serializers.IntegerField(read_only=True)

    @extend_schema_field({"type": ["string", "null"], "enum": [*OffReason.values, None]})
    def get_switched_off(self, webhook: Webhook) -> str | None:
        return webhook.off_reason or None


class SecretSerializer(WebhookSerializer):
    secret = serializers.CharField(read_only=True, help_text="`whsec_…`, shown this once.")


class WebhooksSerializer(Wire):
    results = WebhookSerializer(many=True, read_only=True)


class ChangeWebhookSerializer(Wire):
    url = serializers.CharField(max_length=URL_LENGTH, help_text="https, without a user or a fragment.")
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        max_length=200,
        help_text="Of notifications, as `notification-preferences/` lists them. Empty: all.",
    )
    active = serializers.BooleanField(required=False)


class RotateSerializer(Wire):
    at_once = serializers.BooleanField(
        default=False, help_text="The old secret signs no more; unless set, it does for 24 hours beside the new one."
    )


class AttemptSerializer(Wire):
    """`status` is null where there was no answer."""

    at = MomentField(read_only=True)
    status = serializers.IntegerField(read_only=True, allow_null=True)
    milliseconds = serializers.IntegerField(read_only=True)
    error = serializers.CharField(
        read_only=True,
        help_text="Empty for success, else `refused`, `unreachable`, `tls`, `timeout`, `broken`, `redirect`, `status` "
        "or `secret`.",
    )
    response = serializers.CharField(read_only=True, help_text="The first KiB of the answer.")


class DeliverySerializer(Wire):
    """One event: `event` is what the receiver sees as `webhook-id`."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    event = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=DeliveryState.choices, read_only=True)
    tries = serializers.IntegerField(read_only=True)
    due_at = MomentField(read_only=True, help_text="When the next attempt comes, of one that waits.")
    created_at = MomentField(read_only=True)
    settled_at = MomentField(read_only=True, allow_null=True)
    attempts = AttemptSerializer(many=True, read_only=True)


class WholeDeliverySerializer(DeliverySerializer):
    body = serializers.CharField(read_only=True, help_text="What is sent; empty where it was taken back.")


class DeliveriesSerializer(Wire):
    results = DeliverySerializer(many=True, read_only=True)
    next = serializers.UUIDField(read_only=True, allow_null=True, help_text="The next page's `after`.")


class DeliveryQuery(Wire):
    """Pages by cursor, the newest first."""

    after = serializers.UUIDField(required=False, help_text="`next` of the page before.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)
    state = serializers.ChoiceField(choices=DeliveryState.choices, required=False)
