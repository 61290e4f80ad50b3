"""The admin's frame: its sign-in is everybody's, second factor included, and its pages are for looking."""

from collections.abc import Sequence
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

admin.site.site_header = admin.site.site_title = settings.DIGI_NAME
admin.site.index_title = _("Administration")
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Django's own form would leave the other sessions signed in.
admin.site.password_change = lambda *_args, **_more: redirect("account_change_password")  # type: ignore[method-assign,assignment]


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at: nothing here adds, changes or deletes."""

    actions: Sequence[str] | None = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
