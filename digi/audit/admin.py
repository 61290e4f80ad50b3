"""The audit in the admin, and the base of every admin page whose doings it keeps."""

import json
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.admin import LookOnly
from digi.audit import services
from digi.audit.models import AuditEvent
from digi.errors import DigiError


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What is added, changed or deleted here leaves a line in the audit beside Django's own log."""

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        services.record(action="admin.added", actor=request.user, target=services.target_of(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        details = {"changed": _changed(message)}
        services.record(action="admin.changed", actor=request.user, target=services.target_of(obj), details=details)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            services.record(action="admin.deleted", actor=request.user, target=services.target_of(obj))
        return super().log_deletions(request, queryset)


class ServedAdmin(AuditedAdmin):
    """Rows that services write: `save_model` hands them what `changed` tells.

    What was changed is told by what the page showed, not by what others have stored since: an old page gives nothing
    back. What a service refuses is said above the form.
    """

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_dbfield(db_field, request, show_hidden_initial=True, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except DigiError as error:
            self.message_user(request, str(error.message), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return answer


def changed(form: Any) -> dict[str, Any]:
    """The fields that whoever sent the form has changed, with what they are now."""
    return {name: form.cleaned_data[name] for name in form.changed_data}


def _changed(message: Any) -> list[str]:
    """The names of the fields that Django's message lists; what rows are called stays out."""
    entries = message if isinstance(message, list) else []
    return [str(field) for entry in entries for field in entry.get("changed", {}).get("fields", [])]


@admin.register(AuditEvent)
class AuditEventAdmin(LookOnly):
    list_display = ("n", "at", "action", "actor_name", "target_name", "address", "request_id")
    list_display_links = ("n",)
    list_filter = ("action", "at")
    list_select_related = ("actor",)
    search_fields = ("=action", "=target", "=address", "=request_id", "=actor__username")
    search_help_text = gettext_lazy("A user name, a target, an address or a request id, written out whole.")
    fields = ("n", "at", "action", "actor", "target", "address", "request_id", "shown_details", "hash")
    readonly_fields = fields
    show_full_result_count = False
    list_per_page = 100

    @admin.display(description=gettext_lazy("who"), ordering="actor__username")
    def actor_name(self, event: AuditEvent) -> str:
        return event.actor.get_username() if event.actor else "–"

    @admin.display(description=gettext_lazy("target"), ordering="target")
    def target_name(self, event: AuditEvent) -> str:
        return getattr(event, "target_shown", event.target)

    @admin.display(description=gettext_lazy("details"))
    def shown_details(self, event: AuditEvent) -> str:
        return json.dumps(event.details, ensure_ascii=False)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """A page of lines, people's targets under their present names; one query for the page."""
        page = super().get_changelist_instance(request)
        uuids = {event.target[5:] for event in page.result_list if event.target.startswith("user:")}
        people = get_user_model().objects.filter(uuid__in=uuids).values_list("uuid", "username")
        names: dict[UUID, str] = dict(people)
        shown = {f"user:{uuid}": name for uuid, name in names.items()}
        for event in page.result_list:
            event.target_shown = shown.get(event.target, event.target)
        return page

    def get_urls(self) -> list[URLPattern]:
        verify = path("verify/", self.admin_site.admin_view(self.verify_view), name="audit_auditevent_verify")
        return [verify, *super().get_urls()]

    def verify_view(self, request: HttpRequest) -> HttpResponse:
        """Walk the chain and say what was found."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied

        broken = services.verify()
        services.record(action="audit.verified", actor=request.user, details={"broken": broken})
        if broken is None:
            self.message_user(request, _("The audit holds: no line is missing or changed."), messages.SUCCESS)
        else:
            sentence = _("The audit is broken at line %(n)d: it or a line before was changed or removed.")
            self.message_user(request, sentence % {"n": broken}, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:audit_auditevent_changelist"))
