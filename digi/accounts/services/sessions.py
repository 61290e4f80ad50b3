"""Signed-in sessions: opened, listed by allauth, ended here, with the sockets that hang on them."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from digi.accounts.models import User
from digi.audit import services as audit
from digi.realtime.codes import TRY_AGAIN
from digi.realtime.publish import close_sockets


@transaction.atomic
def start(*, user: User) -> str:
    """A signed-in session's key without a browser: what programs of the house (benches, demos) put into a cookie."""
    session = _store()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def enlist(*, request: HttpRequest, user: User) -> None:
    """Put the session that a person has just opened on their list, and take off what has ended by itself.

    Not in one transaction, and a new line is one statement: on SQLite everybody's messages wait behind it.
    """
    running = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    ended = list(UserSession.objects.filter(user=user).exclude(Exists(running)).values_list("pk", flat=True))
    if ended:
        UserSession.objects.filter(pk__in=ended).delete()
    key = request.session.session_key
    if key is None or UserSession.objects.filter(session_key=key).exists():
        UserSession.objects.create_from_request(request)
        return
    agent = request.headers.get("User-Agent", "")[: UserSession._meta.get_field("user_agent").max_length]
    UserSession.objects.create(user=user, session_key=key, ip=get_adapter().get_client_ip(request), user_agent=agent)


@transaction.atomic
def end(*, session_keys: Iterable[str], by: audit.Actor = None) -> None:
    """Sign these sessions out: rows now, sockets after the commit. `by` is who ended them from elsewhere."""
    keys = list(session_keys)
    if by is not None:
        for uuid in UserSession.objects.filter(session_key__in=keys).values_list("user__uuid", flat=True):
            audit.record(action="session.ended", actor=by, target=f"user:{uuid}")

    for key in keys:
        _store().delete(key)
    UserSession.objects.filter(session_key__in=keys).delete()
    for key in keys:
        close_sockets(session_key=key)


@transaction.atomic
def end_all(*, user: User, keep: str | None = None, by: audit.Actor = None) -> None:
    """Sign a person out everywhere, but for the session `keep`.

    Without `keep`, every socket of the person closes, also those of sessions that no list knows and of tokens.
    """
    keys = UserSession.objects.filter(user=user).exclude(session_key=keep or "").values_list("session_key", flat=True)
    end(session_keys=list(keys), by=by)
    if keep is None:
        close_sockets(user_id=user.pk)


@transaction.atomic
def follow(*, user: User) -> None:
    """A session of this person goes on under another key, as it does with every new password: forget the former one.

    Its sockets close with 1000, so that they come again with the new cookie; whoever has copied the old one is refused.
    """
    gone = [session for session in UserSession.objects.filter(user=user) if not session.exists()]
    UserSession.objects.filter(pk__in=[session.pk for session in gone]).delete()
    for session in gone:
        close_sockets(session_key=session.session_key, code=TRY_AGAIN)


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore()
