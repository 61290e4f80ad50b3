"""Webhooks in the admin: whose, where to, what came of it. Neither secrets nor what was sent."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from digi.admin import LookOnly
from digi.errors import Conflict
from digi.webhooks.models import Attempt, Delivery, Webhook
from digi.webhooks.services import webhooks


@admin.register(Webhook)
class WebhookAdmin(LookOnly):
    list_display = ("uuid", "owner", "host", "active", "off_reason", "failing_since", "created_at")
    list_filter = ("active", "off_reason")
    list_select_related = ("owner",)
    search_fields = ("=owner__username",)
    fields = readonly_fields = (
        "uuid",
        "owner",
        "host",
        "kinds",
        "active",
        "off_reason",
        "failures",
        "failing_since",
        "created_at",
    )
    show_full_result_count = False

    @admin.display(description=_("server"))
    def host(self, webhook: Webhook) -> str:
        """The rest of an address is often a secret by itself."""
        return urlsplit(webhook.url).netloc


class AttemptInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Attempt
    extra = 0
    fields = readonly_fields = ("at", "status", "milliseconds", "error")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    list_display = ("uuid", "webhook_id", "owner", "kind", "state", "tries", "due_at", "created_at", "settled_at")
    list_filter = ("state", "kind")
    list_select_related = ("webhook__owner",)
    search_fields = ("=uuid", "=webhook__uuid", "=webhook__owner__username")
    fields = readonly_fields = ("uuid", "webhook", "kind", "state", "tries", "due_at", "created_at", "settled_at")
    inlines = (AttemptInline,)
    actions = ("redeliver",)
    show_full_result_count = False

    @admin.display(description=_("owner"))
    def owner(self, delivery: Delivery) -> str:
        return str(delivery.webhook.owner.username)

    def has_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("webhooks.change_delivery"))

    @admin.action(description=_("Send again"), permissions=["again"])
    def redeliver(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        sent = 0
        for delivery in queryset.select_related("webhook"):
            try:
                webhooks.redeliver(delivery=delivery, by=request.user)
            except Conflict as refused:
                self.message_user(request, f"{delivery.uuid}: {refused.message}", messages.WARNING)
            else:
                sent += 1
        sentence = ngettext("%d delivery is sent again.", "%d deliveries are sent again.", sent)
        self.message_user(request, sentence % sent, messages.SUCCESS)
