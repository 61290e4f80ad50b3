"""Who is behind a session or a token: answered for many sockets at once, in two queries however many."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from knox.crypto import hash_token

from digi.accounts.models import Token, User

_store = SessionStore()


class Identity(msgspec.Struct, frozen=True):
    """A signed-in person behind a socket, by session or else by token; `expires_at` ends it."""

    user_id: int
    username: str
    session_key: str | None = None
    token: str | None = None  # the digest
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None


def identify(session_keys: Sequence[str]) -> list[Identity | None]:
    """The person signed in under each session key, or None: unknown, expired, ended, changed password, switched off."""
    sessions = {
        key: (_store.decode(data), expires)
        for key, data, expires in Session.objects.filter(
            session_key__in=set(session_keys), expire_date__gt=timezone.now()
        ).values_list("session_key", "session_data", "expire_date")
    }
    users = _users(_user_id(data) for data, _ in sessions.values())
    return [_signed_in(key, sessions.get(key), users) for key in session_keys]


def identify_tokens(tokens: Sequence[str]) -> list[Identity | None]:
    """The person each token stands for, or None."""
    found = _tokens([hash_token(token) for token in tokens])
    return [found.get(hash_token(token)) for token in tokens]


def still_valid(identities: Sequence[Identity]) -> list[bool]:
    """Whether each identity's session or token still stands."""
    keys = [identity.session_key for identity in identities if identity.session_key]
    sessions = dict(zip(keys, identify(keys), strict=True))
    tokens = _tokens([identity.token for identity in identities if identity.token])
    return [
        (sessions.get(identity.session_key) if identity.session_key else tokens.get(identity.token or "")) is not None
        for identity in identities
    ]


def _users(ids: Iterator[int]) -> dict[int, User]:
    people = User.objects.filter(pk__in={pk for pk in ids if pk}, is_active=True)
    return {user.pk: user for user in people.only("pk", "username", "password")}


def _user_id(data: dict[str, object]) -> int:
    text = str(data.get("_auth_user_id", ""))
    return int(text) if text.isdigit() else 0


def _signed_in(
    key: str, session: tuple[dict[str, object], datetime] | None, users: dict[int, User]
) -> Identity | None:
    if session is None:
        return None
    data, expires = session
    user = users.get(_user_id(data))
    if user is None or data.get("_auth_user_backend") not in settings.AUTHENTICATION_BACKENDS:
        return None
    proof = str(data.get("_auth_user_hash", ""))
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    if not any(constant_time_compare(proof, expected) for expected in hashes):
        return None
    return Identity(user_id=user.pk, username=user.username, session_key=key, expires_at=expires)


def _tokens(digests: Sequence[str]) -> dict[str, Identity]:
    standing = Q(expiry=None) | Q(expiry__gt=timezone.now())
    rows = Token.objects.filter(standing, digest__in=set(digests), user__is_active=True).values_list(
        "digest", "user_id", "user__username", "scopes", "expiry"
    )
    return {
        digest: Identity(
            user_id=user_id, username=name, token=digest, scopes=tuple(scopes.split()), expires_at=expiry
        )
        for digest, user_id, name, scopes, expiry in rows
    }
