"""Who asks the API, and what they may: sessions do what the person may, tokens what their scopes name."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from digi.accounts.models import Token, User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports this module, by the settings

_USE_KEPT_FOR = timedelta(minutes=1)


class ScopedToken(TokenAuthentication):
    """`Authorization: Bearer digi_…`. Its last use is written down at most once a minute."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, Token]:
        found = Token.objects.select_related("user").filter(digest=_digest(token)).first()
        now = timezone.now()
        if found is None or (found.expiry is not None and found.expiry <= now) or not _is_present(found.user):
            raise AuthenticationFailed(_("This token is not valid."))

        if found.last_used_at is None or now - found.last_used_at > _USE_KEPT_FOR:
            older = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_KEPT_FOR)
            Token.objects.filter(older, pk=found.pk).update(last_used_at=now)
        return found.user, found


class SignedInWithScope(BasePermission):
    """Sessions may everything that the view allows. A token needs the scope that the view names for the method:

        required_scopes = {"GET": "rooms:read", "POST": "rooms:write"}

    HEAD and OPTIONS count as GET. What no scope is named for is closed to tokens.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, Token):
            return True

        scope = _scope(view, str(request.method))
        if scope is None or not request.auth.grants(scope):
            self.message = _("This token may not do that.")
            return False
        return True


class ScopedTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ScopedToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def _scope(view: "APIView", method: str) -> str | None:
    scopes: dict[str, str] = getattr(view, "required_scopes", None) or {}
    return scopes.get("GET" if method in ("HEAD", "OPTIONS") else method)


def _is_present(user: User) -> bool:
    return user.is_active and user.anonymised_at is None


def _digest(token: bytes) -> str:
    return str(hash_token(token.decode("utf-8", "replace")))
