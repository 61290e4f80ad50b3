"""Where allauth's ways and Digi's rules meet."""

import base64
import logging
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from digi.accounts import names, words
from digi.accounts.models import User
from digi.accounts.services import people, sessions
from digi.accounts.zones import is_zone
from digi.addresses import client_address
from digi.crypto import ring

log = logging.getLogger(__name__)

NOWHERE = "0.0.0.0"  # noqa: S104 - a UNIX socket's clients, for allauth, which wants an address; shown to nobody
TWO_FACTOR = b"two-factor"  # what sealed second factors are bound to
_STAGES = {"allauth.account.stages.EmailVerificationStage": "digi.accounts.stages.ProvenAddress"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | words.ACCOUNT

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.DIGI_SIGN_UP)

    def new_user(self, request: HttpRequest) -> User:
        """A newcomer reads the language of the page they signed up on."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        known = dict(settings.LANGUAGES)
        return User(language=next((code for code in (language, language[:2]) if code in known), settings.LANGUAGE_CODE))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.display_name = form.cleaned_data.get("display_name") or user.display_name
        zone = form.cleaned_data.get("time_zone") or ""
        if is_zone(zone):
            user.time_zone = zone
        with people.first_come():
            saved: User = super().save_user(request, user, form, commit)
        return saved

    def clean_username(self, username: str, shallow: bool = False) -> str:
        name = names.user_name(username)
        if name.startswith("deleted-"):
            raise self.validation_error("username_blacklisted")
        cleaned: str = super().clean_username(name, shallow)
        return cleaned

    def clean_email(self, email: str) -> str:
        return names.visible(email).lower()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """A closed account is answered like an unknown one."""
        user: User | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def set_password(self, user: User, password: str) -> None:
        """A person who changes the own password stays signed in here, and only here.

        What proved that they may was the password as it was read, or a link made for it: no newer one is overwritten.
        """
        own = self.request is not None and self.request.user == user
        keep = self.request.session.session_key if own else None
        people.set_password(user=user, password=password, by=user, keep_session=keep, instead_of=user.password)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        people.yield_address(email=email_address.email, user=email_address.user)
        return bool(super().confirm_email(request, email_address))

    def get_login_stages(self) -> list[str]:
        return [_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address. Over a UNIX socket without DIGI_TRUSTED_PROXIES all share one, and its limits."""
        return client_address(request) or NOWHERE

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the person it goes to. A mail server that is down costs the mail, not the page."""
        if context.get("ip") == NOWHERE:
            context = {**context, "ip": ""}
        person = context.get("user")
        language = person.language if isinstance(person, User) else translation.get_language()
        try:
            with translation.override(language):
                super().send_mail(template_prefix, email, {"server_name": settings.DIGI_NAME, **context})
        except OSError as error:
            log.error("a mail (%s) was not sent: %s", template_prefix, type(error).__name__)


class TwoFactorAdapter(DefaultMFAAdapter):
    """Second factors are sealed: a stolen database cannot produce codes."""

    error_messages = DefaultMFAAdapter.error_messages | words.TWO_FACTOR

    def encrypt(self, text: str) -> str:
        return base64.b64encode(ring().seal(text.encode(), TWO_FACTOR)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return ring().open(base64.b64decode(encrypted_text), TWO_FACTOR).decode()

    def _get_site_name(self) -> str:
        return str(settings.DIGI_NAME)


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions_to_end: Iterable[UserSession]) -> None:
        ended = list(sessions_to_end)
        owner = ended[0].user if ended else None
        sessions.end(session_keys=[session.session_key for session in ended], by=owner)


class SocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in by the university's account (OpenID Connect)."""

    def list_apps(self, request: HttpRequest, *args: Any, **options: Any) -> list[Any]:
        """The settings name the provider; where they name none, no page need ask the database for one."""
        return super().list_apps(request, *args, **options) if settings.SOCIALACCOUNT_PROVIDERS else []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """The identity provider knows who belongs here, even where nobody else may sign up."""
        return bool(settings.DIGI_OIDC_SIGN_UP)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connecting stores the person's whole row, which was read before the provider was asked: read it anew."""
        if request.user.is_authenticated:
            request.user.refresh_from_db()

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        whole = " ".join(str(data.get(part) or "") for part in ("first_name", "last_name"))
        user.display_name = names.visible(str(data.get("name") or whole))[:120]
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo") or claims
        if is_zone(str(claims.get("zoneinfo") or "")):
            user.time_zone = claims["zoneinfo"]
        language = str(claims.get("locale") or "")[:2].lower()
        if language in dict(settings.LANGUAGES):
            user.language = language
        return user
