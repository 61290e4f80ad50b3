"""Rows to look at in the admin of theses."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from digi.admin import LookOnly
from digi.audit import services as audit


class Rows(admin.TabularInline):  # type: ignore[type-arg]
    """Rows beneath another one, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WatchedAdmin(LookOnly):
    """Opening a row here is a look from outside, which the audit keeps."""

    viewed = ""
    show_full_result_count = False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            audit.record(action=self.viewed, actor=request.user, target=audit.target_of(row))
        answer: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return answer
