"""Recordings in the admin: to look at what there is, how large and why it ended; and to delete."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from camera.admin.cameras import Rows
from camera.models import Recording, RecordingPart
from camera.services import taking
from digi.admin import LookOnly


class PartRows(Rows):
    model = RecordingPart
    fields = readonly_fields = ("n", "started_at", "seconds", "width", "height", "file")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecordingPart]:
        return super().get_queryset(request).select_related("file")


@admin.register(Recording)
class RecordingAdmin(LookOnly):
    list_display = ("camera", "state", "started_by", "started_at", "ended_at", "seconds", "bytes", "error")
    list_filter = ("state", "error", "camera")
    list_select_related = ("camera", "started_by")
    search_fields = ("=uuid", "camera__name", "=camera__slug", "=started_by__username")
    fields = readonly_fields = (
        "uuid",
        "camera",
        "state",
        "error",
        "started_by",
        "started_at",
        "stop_asked_at",
        "ended_at",
        "seconds",
        "bytes",
        "limit_seconds",
        "limit_bytes",
        "tries",
        "claimed_until",
    )
    inlines = (PartRows,)
    actions = ("discard",)
    show_full_result_count = False

    def has_discard_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("camera.delete_recording"))

    @admin.action(description=gettext_lazy("Delete with the files"), permissions=["discard"])
    def discard(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """What runs is left alone: it is stopped at its camera."""
        found = list(queryset.exclude(ended_at=None))
        for recording in found:
            taking.discard(recording=recording, by=request.user)
        said = ngettext("%d recording was deleted.", "%d recordings were deleted.", len(found)) % len(found)
        self.message_user(request, said, messages.SUCCESS)
