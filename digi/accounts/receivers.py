"""What the frameworks tell by signals: kept in the audit, and sockets closed. There are no signals of our own."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest

from digi.accounts.models import User
from digi.accounts.services import sessions
from digi.addresses import client_address
from digi.audit import services as audit


def _record(action: str, request: HttpRequest | None, user: User | None, **details: Any) -> None:
    address = client_address(request) if request is not None else ""
    target = audit.target_of(user) if user is not None else ""
    audit.record(action=action, actor=user, target=target, address=address, details=details)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    methods = [] if not hasattr(request, "session") else get_authentication_records(request, user)
    _record("sign_in", request, user, methods=sorted({str(step["method"]) for step in methods}))


@receiver(account.user_logged_in)
def session_opened(request: HttpRequest, user: User, **_more: Any) -> None:
    sessions.enlist(request=request, user=user)


@receiver(user_login_failed)
def refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    """What was typed is not kept: some type their password into the field for the name."""
    typed = {str(credentials.get(field) or "").lower() for field in ("username", "email")} - {""}
    aimed_at = User.objects.filter(Q(username__in=typed) | Q(email__in=typed)).first() if typed else None
    target = audit.target_of(aimed_at) if aimed_at is not None else ""
    audit.record(action="sign_in.failed", target=target, address=client_address(request) if request else "")


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None = None, **_more: Any) -> None:
    """Django sends this before the session's row is gone: the row goes first here, so that no socket comes back."""
    if request.session.session_key:
        sessions.end(session_keys=[request.session.session_key])
    if user is not None:
        _record("sign_out", request, user)


@receiver([account.password_changed, account.password_set])
def password_changed(user: User, **_more: Any) -> None:
    """The session from which it was done has another key by now; its answer, with the new cookie, is on its way."""
    sessions.follow(user=user)


@receiver(account.user_signed_up)
def signed_up(request: HttpRequest, user: User, **_more: Any) -> None:
    _record("person.signed_up", request, user)


@receiver(account.email_confirmed)
def address_proved(request: HttpRequest, email_address: Any, **_more: Any) -> None:
    _record("address.proved", request, email_address.user)


@receiver([account.email_changed, account.email_added, account.email_removed])
def address_changed(request: HttpRequest, user: User, **_more: Any) -> None:
    _record("address.changed", request, user)


@receiver(mfa.authenticator_added)
def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    _record("two_factor.added", request, user, type=str(authenticator.type))


@receiver(mfa.authenticator_removed)
def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    _record("two_factor.removed", request, user, type=str(authenticator.type))


@receiver(mfa.authenticator_reset)
def factor_reset(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    _record("two_factor.reset", request, user, type=str(authenticator.type))


@receiver(mfa.authentication_failed)
def code_refused(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Nobody is signed in yet: the person is the target, not the actor."""
    details = {"type": str(authenticator.type)}
    address = client_address(request)
    audit.record(action="two_factor.failed", target=audit.target_of(user), address=address, details=details)


@receiver(social.social_account_added)
def account_connected(request: HttpRequest, sociallogin: Any, **_more: Any) -> None:
    _record("account.connected", request, sociallogin.user, provider=str(sociallogin.account.provider))


@receiver(social.social_account_removed)
def account_disconnected(request: HttpRequest, socialaccount: Any, **_more: Any) -> None:
    _record("account.disconnected", request, socialaccount.user, provider=str(socialaccount.provider))
