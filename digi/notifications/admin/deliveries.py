"""Mails on their way: when, how often they were tried, and why they failed."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from digi.admin import LookOnly
from digi.notifications.models import Delivery, DeliveryState
from digi.notifications.services import post


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    list_display = ("id", "user", "kind", "timing", "state", "due_at", "tries", "settled_at", "error")
    list_filter = ("state", "timing", "notification__kind")
    list_select_related = ("user", "notification")
    search_fields = ("=user__username", "=message_id")
    fields = readonly_fields = (
        "user",
        "kind",
        "channel",
        "timing",
        "state",
        "due_at",
        "tries",
        "error",
        "message_id",
        "settled_at",
    )
    actions = ("send_again",)
    show_full_result_count = False

    @admin.display(description=_("kind"))
    def kind(self, delivery: Delivery) -> str:
        return delivery.notification.kind

    def has_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("notifications.change_delivery"))

    @admin.action(description=_("Send again"), permissions=["again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        failed = list(queryset.filter(state=DeliveryState.FAILED))
        for delivery in failed:
            post.again(delivery=delivery, by=request.user)
        sentence = ngettext("%d mail is sent again.", "%d mails are sent again.", len(failed))
        self.message_user(request, sentence % len(failed), messages.SUCCESS)
