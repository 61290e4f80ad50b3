"""Theses in the admin: programmes are changed here, the rest is for looking, and never what people have written."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.admin import LookOnly
from digi.audit.admin import ServedAdmin, changed
from thesis.admin.looking import Rows, WatchedAdmin
from thesis.models import Application, ApplicationStep, Programme, Thesis, ThesisMember, Topic, Transition
from thesis.services import history, programmes

ASKED = ("proposal_required", "second_examiner_required", "defence_required", "late")
TIMES = ("offer_days", "expiry_weeks", "retention_years")


@admin.register(Programme)
class ProgrammeAdmin(ServedAdmin):
    list_display = ("name", "department", *ASKED, "theses")
    list_filter = ("department",)
    list_select_related = ("department",)
    search_fields = ("name",)
    fields = ("department", "name", *ASKED, *TIMES)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Programme]:
        found: QuerySet[Programme] = super().get_queryset(request)
        return found.annotate(thesis_count=Count("theses"))

    def get_readonly_fields(self, request: HttpRequest, obj: Programme | None = None) -> Any:
        return ("department",) if obj else ()

    @admin.display(description=gettext_lazy("theses"), ordering="thesis_count")
    def theses(self, programme: Any) -> int:
        return int(programme.thesis_count)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:
        by: Any = request.user
        if change:
            programmes.change(programme=obj, by=by, **changed(form))
        else:
            made = programmes.create(by=by, **form.cleaned_data)
            obj.__dict__.update(made.__dict__)


class MemberRows(Rows):
    model = ThesisMember
    fields = readonly_fields = ("user", "role", "until", "joined_at", "left_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ThesisMember]:
        return super().get_queryset(request).select_related("user", "thesis")


class TransitionRows(Rows):
    model = Transition
    ordering = ("n",)
    fields = readonly_fields = ("n", "from_state", "to_state", "actor", "at", "hash")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transition]:
        return super().get_queryset(request).select_related("actor", "thesis")


class StepRows(Rows):
    model = ApplicationStep
    ordering = ("n",)
    fields = readonly_fields = ("n", "from_state", "to_state", "actor", "at", "hash")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApplicationStep]:
        return super().get_queryset(request).select_related("actor", "application")


class ChainedAdmin(WatchedAdmin):
    """Rows whose history is a chain."""

    @admin.display(description=gettext_lazy("history"))
    def holds(self, row: Any) -> str:
        broken = history.verify(row)
        return _("complete to %d") % row.head if broken is None else _("broken at %d") % broken


@admin.register(Topic)
class TopicAdmin(LookOnly):
    list_display = ("title", "programme", "state", "capacity", "deadline", "created_at")
    list_filter = ("state", "programme")
    list_select_related = ("programme",)
    search_fields = ("search_text",)
    fields = readonly_fields = ("uuid", "title", "programme", "state", "capacity", "deadline", "created_at")


@admin.register(Application)
class ApplicationAdmin(ChainedAdmin):
    viewed = "application.viewed"
    list_display = ("title", "student", "programme", "state", "expires_at", "created_at")
    list_filter = ("state", "programme")
    list_select_related = ("student", "programme")
    search_fields = ("title", "student__username", "=uuid")
    fields = readonly_fields = (
        "uuid",
        "title",
        "student",
        "topic",
        "supervisor",
        "programme",
        "state",
        "rejection",
        "expires_at",
        "created_at",
        "holds",
    )
    inlines = (StepRows,)


@admin.register(Thesis)
class ThesisAdmin(ChainedAdmin):
    viewed = "thesis.viewed"
    list_display = ("title", "programme", "kind", "state", "due_on", "late", "changed_at")
    list_filter = ("state", "kind", "late", "programme")
    list_select_related = ("programme",)
    search_fields = ("search_text", "=uuid")
    fields = readonly_fields = (
        "uuid",
        "title",
        "programme",
        "kind",
        "language",
        "state",
        "visibility",
        "embargo_until",
        "start_on",
        "due_on",
        "submitted_at",
        "late",
        "defence_at",
        "completed_at",
        "kept_until",
        "created_at",
        "changed_at",
        "holds",
    )
    inlines = (MemberRows, TransitionRows)
