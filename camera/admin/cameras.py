"""Cameras in the admin: made and renamed here, by the services; grants and tokens given up; history to look at."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from camera.models import AgentToken, Camera, Change, Grant, Preset
from camera.services import cameras, grants, tokens
from digi.accounts.models import User
from digi.admin import LookOnly
from digi.audit import services as audit
from digi.audit.admin import ServedAdmin, changed

STANDING = ("desired", "applied", "outcomes", "capabilities", "revision", "acked_revision", "changed_at", "changed_by")
PRESENCE = ("online", "online_since", "seen_at", "offline_since", "offline_reason", "created_at", "retired_at")


class Rows(admin.TabularInline):  # type: ignore[type-arg]
    """Rows beneath a camera, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class GrantRows(Rows):
    model = Grant
    fields = readonly_fields = ("user", "role", "granted_by", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        return super().get_queryset(request).select_related("user", "granted_by")


class TokenRows(Rows):
    model = AgentToken
    fields = readonly_fields = ("hint", "created_by", "created_at", "last_used_at", "revoked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgentToken]:
        return super().get_queryset(request).select_related("created_by")


def _actor(request: HttpRequest) -> User | None:
    """A superuser acts in person; who only has the right in the admin acts as the server, and the audit says both."""
    user = request.user
    return user if isinstance(user, User) and user.is_superuser else None


@admin.register(Camera)
class CameraAdmin(ServedAdmin):
    list_display = ("name", "slug", "department", "visibility", "online", "revision", "acked_revision", "retired_at")
    list_filter = ("visibility", "department", ("retired_at", admin.EmptyFieldListFilter))
    list_select_related = ("department",)
    search_fields = ("name", "slug", "location", "=uuid")
    fields = ("name", "slug", "department", "location", "visibility", "uuid", *PRESENCE, *STANDING)
    inlines = (GrantRows, TokenRows)
    actions = ("retire",)
    show_full_result_count = False

    @admin.display(description=gettext_lazy("online"), boolean=True)
    def online(self, camera: Camera) -> bool:
        return camera.is_online

    def get_readonly_fields(self, request: HttpRequest, obj: Camera | None = None) -> Any:
        return ("uuid", *PRESENCE, *STANDING) + (("slug", "department") if obj else ())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.retired_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Camera, form: Any, change: bool) -> None:
        if change:
            stored = Camera.objects.get(pk=obj.pk)
            cameras.rename(camera=stored, by=_actor(request), **changed(form))
        else:
            stored = cameras.create(by=_actor(request), **form.cleaned_data)
        obj.__dict__.update(stored.__dict__)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Opening a camera here is a look from outside, which the audit keeps."""
        camera = self.get_object(request, object_id)
        if camera is not None and request.method == "GET" and self.has_view_permission(request, camera):
            audit.record(action="camera.viewed", actor=request.user, target=audit.target_of(camera))
        return super().change_view(request, object_id, *args, **kwargs)

    @admin.action(description=gettext_lazy("Take out of service"), permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        found = list(queryset.filter(retired_at=None))
        for camera in found:
            cameras.retire(camera=camera, by=_actor(request))
            audit.record(action="admin.changed", actor=request.user, target=audit.target_of(camera))
        said = ngettext("%d camera is out of service.", "%d cameras are out of service.", len(found)) % len(found)
        self.message_user(request, said, messages.SUCCESS)


@admin.register(Grant)
class GrantAdmin(LookOnly):
    list_display = ("camera", "user", "role", "granted_by", "created_at")
    list_filter = ("role", "camera")
    list_select_related = ("camera", "user", "granted_by")
    search_fields = ("=user__username", "camera__name", "=camera__slug")
    fields = readonly_fields = ("camera", "user", "role", "granted_by", "created_at")
    actions = ("withdraw",)
    show_full_result_count = False

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("camera.delete_grant"))

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Grant]) -> None:
        found = list(queryset.select_related("camera", "user"))
        for grant in found:
            audit.record(action="admin.deleted", actor=request.user, target=audit.target_of(grant))
            grants.withdraw(grant=grant, by=_actor(request))
        said = ngettext("%d grant was withdrawn.", "%d grants were withdrawn.", len(found)) % len(found)
        self.message_user(request, said, messages.SUCCESS)


@admin.register(AgentToken)
class AgentTokenAdmin(LookOnly):
    list_display = ("hint", "camera", "created_by", "created_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "camera")
    list_select_related = ("camera", "created_by")
    search_fields = ("hint", "camera__name", "=camera__slug")
    fields = readonly_fields = ("uuid", "hint", "camera", "created_by", "created_at", "last_used_at", "revoked_at")
    actions = ("revoke",)
    show_full_result_count = False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("camera.change_agenttoken"))

    @admin.action(description=gettext_lazy("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[AgentToken]) -> None:
        found = list(queryset.filter(revoked_at=None).select_related("camera"))
        for token in found:
            tokens.revoke(token=token, by=_actor(request))
            audit.record(action="admin.changed", actor=request.user, target=audit.target_of(token))
        said = ngettext("%d token was revoked.", "%d tokens were revoked.", len(found)) % len(found)
        self.message_user(request, said, messages.SUCCESS)


@admin.register(Change)
class ChangeAdmin(LookOnly):
    list_display = ("camera", "revision", "by", "origin", "created_at", "fields_changed")
    list_filter = ("origin", "camera", "created_at")
    list_select_related = ("camera", "by")
    search_fields = ("=camera__slug", "camera__name", "=by__username")
    fields = readonly_fields = ("camera", "revision", "by", "origin", "created_at", "before", "after")
    show_full_result_count = False

    @admin.display(description=gettext_lazy("settings"))
    def fields_changed(self, change: Change) -> str:
        return ", ".join(sorted(change.after)) or _("nothing")


@admin.register(Preset)
class PresetAdmin(LookOnly):
    list_display = ("name", "camera", "created_by", "created_at")
    list_filter = ("camera",)
    list_select_related = ("camera", "created_by")
    search_fields = ("name", "=camera__slug")
    fields = readonly_fields = ("uuid", "name", "camera", "settings", "created_by", "created_at")
    show_full_result_count = False
