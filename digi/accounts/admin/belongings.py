"""Addresses, sessions, second factors and tokens: never a secret, and little to do."""

from allauth.account import admin as account_admin
from allauth.account.models import EmailAddress
from allauth.mfa import admin as mfa_admin
from allauth.mfa.models import Authenticator
from allauth.socialaccount import admin as social_admin
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions import admin as sessions_admin
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.accounts.models import Token
from digi.accounts.services import sessions, tokens
from digi.admin import LookOnly
from digi.audit.admin import AuditedAdmin

# allauth registers these with their secrets in editable fields; importing its modules first makes sure of the order.
_THEIRS = (account_admin, mfa_admin, social_admin, sessions_admin)
for _model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession, Group):
    admin.site.unregister(_model)


@admin.register(EmailAddress)
class EmailAddressAdmin(LookOnly):
    list_display = ("email", "user", "verified", "primary")
    list_filter = ("verified", "primary")
    list_select_related = ("user",)
    search_fields = ("email", "user__username")
    fields = ("email", "user", "verified", "primary")


@admin.register(Authenticator)
class AuthenticatorAdmin(LookOnly):
    """That there is a second factor, not what it is made of."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("=user__username",)
    fields = ("user", "type", "created_at", "last_used_at")


@admin.register(SocialAccount)
class SocialAccountAdmin(LookOnly):
    list_display = ("user", "provider", "last_login", "date_joined")
    list_filter = ("provider",)
    list_select_related = ("user",)
    search_fields = ("=user__username",)
    fields = ("user", "provider", "last_login", "date_joined")


@admin.register(UserSession)
class UserSessionAdmin(LookOnly):
    list_display = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=ip")
    fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    actions = ("end",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("usersessions.delete_usersession")

    @admin.action(description=gettext_lazy("End these sessions"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[UserSession]) -> None:
        keys = list(queryset.values_list("session_key", flat=True))
        sessions.end(session_keys=keys, by=request.user)
        self.message_user(request, _("%(count)d sessions are ended.") % {"count": len(keys)}, messages.SUCCESS)


@admin.register(Token)
class TokenAdmin(LookOnly):
    list_display = ("name", "user", "scopes", "created", "last_used_at", "expiry")
    list_display_links = None
    list_select_related = ("user",)
    search_fields = ("=user__username", "name")
    fields = ("name", "user", "scopes", "created", "last_used_at", "expiry")
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.delete_token")

    @admin.action(description=gettext_lazy("Revoke these tokens"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        chosen = list(queryset.select_related("user"))
        for token in chosen:
            tokens.revoke(token=token, by=request.user)
        self.message_user(request, _("%(count)d tokens are revoked.") % {"count": len(chosen)}, messages.SUCCESS)


@admin.register(Group)
class AuditedGroupAdmin(AuditedAdmin, GroupAdmin):
    """Django's own page, whose changes the audit keeps."""
