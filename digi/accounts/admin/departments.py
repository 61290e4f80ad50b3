"""Departments, and who is what in them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import Affiliation, Department
from digi.accounts.services import departments
from digi.audit.admin import AuditedAdmin


class AffiliationInline(admin.TabularInline):  # type: ignore[type-arg]
    """A role is given or taken, never rewritten."""

    model = Affiliation
    fields = ("user", "role")
    raw_id_fields = ("user",)
    extra = 1
    ordering = ("user__username", "role")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Affiliation]:
        return super().get_queryset(request).select_related("user", "department")


@admin.register(Department)
class DepartmentAdmin(AuditedAdmin):
    list_display = ("name", "slug", "people")
    search_fields = ("name", "slug")
    fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (AffiliationInline,)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        found: QuerySet[Department] = super().get_queryset(request)
        return found.annotate(people_count=Count("affiliations__user", distinct=True))

    @admin.display(description=_("people"), ordering="people_count")
    def people(self, department: Any) -> int:
        return int(department.people_count)

    def has_delete_permission(self, request: HttpRequest, obj: Department | None = None) -> bool:
        """Only an empty one: taking a role away is for the audit to see."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.affiliations.exists())

    def save_model(self, request: HttpRequest, obj: Department, form: Any, change: bool) -> None:
        if change:
            departments.rename(department=obj, name=obj.name, slug=obj.slug, by=request.user)
        else:
            obj.pk = departments.create(name=obj.name, slug=obj.slug, by=request.user).pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        wanted = formset.save(commit=False)
        for affiliation in formset.deleted_objects:
            departments.revoke(affiliation=affiliation, by=request.user)
        for new in wanted:
            departments.grant(user=new.user, department=form.instance, role=new.role, by=request.user)
