"""Rooms in the admin: who is in them and how much was written, never what."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.models import Membership, Room
from chat.services import chain


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    fields = readonly_fields = ("user", "role", "joined_at", "left_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "room")


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """For looking: rooms are changed by those who are in them."""

    list_display = ("uuid", "kind", "scheme", "members", "head", "created_at")
    list_filter = ("kind", "scheme")
    search_fields = ("uuid", "memberships__user__username", "memberships__user__display_name")
    fields = readonly_fields = ("uuid", "kind", "scheme", "created_by", "created_at", "head", "log")
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        rooms: QuerySet[Room] = super().get_queryset(request).select_related("created_by")
        return rooms.annotate(member_count=Count("memberships", distinct=True))

    @admin.display(description=_("members"), ordering="member_count")
    def members(self, room: Any) -> int:
        return int(room.member_count)

    @admin.display(description=_("log"))
    def log(self, room: Room) -> str:
        broken = chain.verify(room)
        return _("complete to %d") % room.head if broken is None else _("broken at %d") % broken

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
