"""Who is behind a socket: sessions and tokens, read many at a time and without a request around them."""

# ruff: noqa: S608 - the only names put into statements are the models' own table names

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from knox.crypto import hash_token

from digi.accounts.models import Token, User
from digi.sql import ask, moment

_HASH_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
_SESSION, _USER = Session._meta.db_table, User._meta.db_table
_AT_ONCE = 1000  # values in one IN list; SQL Server takes 2048 at most


@dataclass(frozen=True, slots=True)
class Identity:
    """A person behind a socket, by a session's key or by a token's digest. `scopes` None: everything."""

    user_id: int
    username: str
    session_key: str | None
    token: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def credential(self) -> str:
        """What ends with it: `close_sockets(session_key=…)` takes either."""
        return self.session_key or self.token or ""

    def grants(self, scope: str) -> bool:
        return self.scopes is None or scope in self.scopes


def identify(session_keys: Sequence[str]) -> list[Identity | None]:
    """The person of each session, or None: unknown, expired, signed by another key, of a closed account, outdated
    by a change of password. Two queries per thousand keys.
    """
    found: dict[str, Identity] = {}
    for keys in _slices([key for key in session_keys if key.isalnum() and len(key) <= 40]):
        claims = _claims(keys)
        people = _people({claim[0] for claim in claims.values()})
        for key, (user_id, proof) in claims.items():
            person = people.get(user_id)
            if person is not None and _is_proof(proof, person[1]):
                found[key] = Identity(user_id, person[0], key)
    return [found.get(key) for key in session_keys]


def identify_tokens(secrets: Sequence[str]) -> list[Identity | None]:
    """The person of each bearer token, or None. One query per thousand tokens."""
    digests = [_digest(secret) for secret in secrets]
    found = _by_digest(digests)
    return [found.get(digest) for digest in digests]


def still_valid(identities: Sequence[Identity]) -> list[bool]:
    """Does each session or token still stand for the same person?"""
    sessions = [identity.session_key for identity in identities if identity.session_key]
    present: dict[str, Identity | None] = dict(zip(sessions, identify(sessions), strict=True))
    present |= _by_digest([identity.token for identity in identities if identity.token])
    now = [present.get(identity.credential) for identity in identities]
    return [
        found is not None and found.user_id == identity.user_id and found.scopes == identity.scopes
        for identity, found in zip(identities, now, strict=True)
    ]


def _claims(keys: list[str]) -> dict[str, tuple[int, str]]:
    """What unexpired sessions say: whose they are, and the proof that the password is still the one of the sign-in."""
    text = f"SELECT session_key, session_data FROM {_SESSION} WHERE session_key IN ({{}}) AND expire_date > %s"
    with connection.cursor() as cursor:
        rows = ask(cursor, text, keys, also=[moment(timezone.now())])
    store = SessionStore()
    claims = {}
    for key, data in rows:
        said: dict[str, Any] = store.decode(data)
        user_id = str(said.get(SESSION_KEY, ""))
        if user_id.isdecimal() and said.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS:
            claims[key] = (int(user_id), str(said.get(HASH_SESSION_KEY, "")))
    return claims


def _people(user_ids: set[int]) -> dict[int, tuple[str, str]]:
    """(user name, password hash) of those who have an account, as `User.objects.present` finds them."""
    text = f"SELECT id, username, password FROM {_USER} WHERE id IN ({{}}) AND is_active = %s AND anonymised_at IS NULL"
    with connection.cursor() as cursor:
        return {pk: (username, password) for pk, username, password in ask(cursor, text, user_ids, also=[True])}


def _is_proof(proof: str, password: str) -> bool:
    """As `AbstractBaseUser.get_session_auth_hash` makes it, under the present secret key or a former one."""
    return any(
        constant_time_compare(proof, salted_hmac(_HASH_SALT, password, secret=secret, algorithm="sha256").hexdigest())
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _by_digest(digests: list[str]) -> dict[str, Identity]:
    found = {}
    for some in _slices(digests):
        rows = Token.objects.filter(Q(expiry=None) | Q(expiry__gt=timezone.now()), digest__in=some)
        rows = rows.filter(user__is_active=True, user__anonymised_at=None)
        for digest, user_id, username, scopes in rows.values_list("digest", "user_id", "user__username", "scopes"):
            found[digest] = Identity(user_id, username, None, digest, frozenset(scopes.split()))
    return found


def _digest(secret: str) -> str:
    return str(hash_token(secret.encode("utf-8", "replace").decode()))


def _slices(values: Sequence[str]) -> list[list[str]]:
    unique = list(dict.fromkeys(values))
    return [unique[start : start + _AT_ONCE] for start in range(0, len(unique), _AT_ONCE)]
