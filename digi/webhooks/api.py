"""The API of webhooks: `/api/v1/webhooks/`. People see and change their own, and no others."""

from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts.api.endpoints import IF_MATCH, PersonEndpoint, scopes
from digi.webhooks import serializers as shapes
from digi.webhooks.models import Delivery, Webhook
from digi.webhooks.services import webhooks

MADE = OpenApiExample(
    "A webhook for steps of theses",
    {"url": "https://hooks.example/digi", "name": "Lab bot", "kinds": ["thesis.state"]},
    request_only=True,
)


class Endpoint(PersonEndpoint):
    required_scopes = scopes("webhooks")

    def webhook(self, webhook_id: UUID) -> Webhook:
        """The person's own; missing and another's are alike."""
        found = Webhook.objects.filter(owner=self.person, uuid=webhook_id).first()
        if found is None:
            raise Http404
        return found

    def delivery(self, webhook_id: UUID, delivery_id: UUID) -> Delivery:
        rows = Delivery.objects.filter(webhook__owner=self.person, webhook__uuid=webhook_id, uuid=delivery_id)
        found = rows.select_related("webhook").prefetch_related("attempts").first()
        if found is None:
            raise Http404
        return found


def _answer(webhook: Webhook, status: int = 200, **more: str) -> Response:
    """A webhook with its version as the ETag; a secret is kept by no cache on the way."""
    headers = {"ETag": f'"{webhook.version}"', "Cache-Control": "no-store"}
    return Response(shapes.WebhookSerializer(webhook).data | more, status=status, headers=headers)


class Webhooks(Endpoint):
    @extend_schema(operation_id="webhooks_list", responses=shapes.WebhooksSerializer)
    def get(self, request: Request) -> Response:
        """Your webhooks, the oldest first."""
        rows: Any = Webhook.objects.filter(owner=self.person).order_by("pk")
        return Response({"results": shapes.WebhookSerializer(rows, many=True).data})

    @extend_schema(request=shapes.ChangeWebhookSerializer, responses={201: shapes.SecretSerializer}, examples=[MADE])
    def post(self, request: Request) -> Response:
        """Have your notifications sent to an address. Keep the secret: it is not shown again."""
        values = self.sent(shapes.ChangeWebhookSerializer)
        made, secret = webhooks.create(owner=self.person, **values)
        return _answer(made, status.HTTP_201_CREATED, secret=secret)


class OneWebhook(Endpoint):
    @extend_schema(operation_id="webhooks_retrieve", responses=shapes.WebhookSerializer)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """One of your webhooks."""
        return _answer(self.webhook(webhook_id))

    @extend_schema(request=shapes.ChangeWebhookSerializer, responses=shapes.WebhookSerializer, parameters=[IF_MATCH])
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Change what you give; the rest stays. Switching off drops what waits."""
        webhook, version = self.webhook(webhook_id), self.version
        values = self.sent(shapes.ChangeWebhookSerializer, partial=True)
        return _answer(webhooks.change(webhook=webhook, by=self.person, version=version, **values))

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Remove it with its log."""
        webhooks.remove(webhook=self.webhook(webhook_id), by=self.person, version=self.version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RotateSecret(Endpoint):
    @extend_schema(
        operation_id="webhooks_rotate_secret",
        request=shapes.RotateSerializer,
        responses=shapes.SecretSerializer,
        parameters=[IF_MATCH],
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """A new secret, shown this once."""
        webhook, version = self.webhook(webhook_id), self.version
        values = self.sent(shapes.RotateSerializer)
        changed, secret = webhooks.rotate_secret(webhook=webhook, by=self.person, version=version, **values)
        return _answer(changed, secret=secret)


class Ping(Endpoint):
    @extend_schema(operation_id="webhooks_ping", request=None, responses={202: shapes.WholeDeliverySerializer})
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Have a `webhook.ping` sent; what came of it stands in the log."""
        made = webhooks.ping(webhook=self.webhook(webhook_id))
        return Response(shapes.WholeDeliverySerializer(made).data, status=status.HTTP_202_ACCEPTED)


class Deliveries(Endpoint):
    @extend_schema(
        operation_id="webhooks_deliveries_list",
        parameters=[shapes.DeliveryQuery],
        responses=shapes.DeliveriesSerializer,
    )
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """What was sent in the last 30 days and what came of it, the newest first."""
        query = self.asked(shapes.DeliveryQuery)
        rows = Delivery.objects.filter(webhook=self.webhook(webhook_id)).prefetch_related("attempts")
        if "state" in query:
            rows = rows.filter(state=query["state"])
        if "after" in query:
            seen = Delivery.objects.filter(uuid=query["after"]).values("pk")[:1]
            rows = rows.filter(pk__lt=Subquery(seen))
        found = list(rows.order_by("-pk")[: query["limit"] + 1])
        shown = found[: query["limit"]]
        cursor = str(shown[-1].uuid) if len(found) > len(shown) else None
        return Response({"results": shapes.DeliverySerializer(shown, many=True).data, "next": cursor})


class OneDelivery(Endpoint):
    @extend_schema(operation_id="webhooks_deliveries_retrieve", responses=shapes.WholeDeliverySerializer)
    def get(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        """One delivery, with what is sent."""
        return Response(shapes.WholeDeliverySerializer(self.delivery(webhook_id, delivery_id)).data)


class Redeliver(Endpoint):
    @extend_schema(operation_id="webhooks_redeliver", request=None, responses={202: shapes.WholeDeliverySerializer})
    def post(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        """Have it sent again now, under the same `webhook-id`, whatever became of it."""
        again = webhooks.redeliver(delivery=self.delivery(webhook_id, delivery_id), by=self.person)
        return Response(shapes.WholeDeliverySerializer(again).data, status=status.HTTP_202_ACCEPTED)
